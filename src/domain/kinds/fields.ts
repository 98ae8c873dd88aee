import * as v from 'valibot'

/** A field that may be left out; other programs write `null` for that, and no record is worth losing for it. */
export function maybe<Schema extends v.GenericSchema>(schema: Schema) {
  return v.nullish(schema, () => undefined)
}

/** An id of the programme or of a person's making: short enough for a key, and not empty. */
export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const ticket = v.pipe(v.string(), v.minLength(1), v.maxLength(40))

/** A paper sheet's line id; sheets numbered by hand may come as plain numbers. */
export const sheet = v.pipe(v.union([v.string(), v.number()]), v.transform(String))

export const text = v.string()

export const wholeNumber = v.pipe(v.number(), v.safeInteger())

export const sequenceNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
