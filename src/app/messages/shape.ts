/** The shape of an area's messages: the same keys, in another language's words. */
export type Messages<Area> = { [Key in keyof Area]: Area[Key] extends string ? string : Messages<Area[Key]> }

/** Every path to a message, `more.light.auto`, so that a wrong one does not compile. */
export type Paths<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Key : `${Key}.${Paths<Tree[Key]>}`
}[keyof Tree & string]
