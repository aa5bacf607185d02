// fatturapa: how large a file may be.

/** SdI takes files up to 5 MiB on every channel (00003). */
export const documentBytesMax = 5_242_880;
