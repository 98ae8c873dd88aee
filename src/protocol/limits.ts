/** The numbers of protocol.md, "Sync", that both ends keep to. */

/** Operations in one request: a shift's worth, and still well under a second to check on a small server. */
export const maxOperations = 1_000
/** Bytes of one request, unpacked: what a phone on a bad network can send before the connection breaks again. */
export const maxRequestBytes = 512 * 1024
/** Bytes of one operation as canonical JSON; a larger one goes to quarantine. */
export const maxOperationBytes = 16 * 1024
/** Seconds that a server holds a request open when it has nothing new: below the 30 s after which proxies hang up. */
export const maxWait = 25
/** Operations in one answer, unless less is asked for. */
export const maxAnswer = 2_000
