namespace Distribution.Ingest.Transport;

/// <summary>
/// A connection feature: whoever reads the input may say where its next bytes are to be received, and need not copy them there. Input
/// that came before is read as always, so look where the bytes of a read lie.
/// </summary>
/// <remarks>
/// Only for a reader that has the connection's input to itself and unchanged: an HTTP/1.1 body with a Content-Length, without TLS.
/// </remarks>
public interface IPlacedInputFeature
{
    /// <summary>
    /// The next read may receive into <paramref name="place"/>, which is lent until the reader advances. Nothing beyond it is received, so
    /// let it end where the body does.
    /// </summary>
    /// <param name="expectedBytes">
    /// What surely comes from here on, the place's bytes among it: the system may gather some of that before it tells.
    /// </param>
    void Place(Memory<byte> place, long expectedBytes);

    /// <summary>Takes the place back. To be called when no read is under way, and before the place has another use.</summary>
    void TakeBack();
}
