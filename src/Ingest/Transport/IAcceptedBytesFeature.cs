namespace Distribution.Ingest.Transport;

/// <summary>
/// A connection feature: what the application wrote into the connection's output, and what the socket accepted of it. Positions
/// count from the connection's first byte.
/// </summary>
public interface IAcceptedBytesFeature
{
    /// <summary>
    /// True where the application's bytes are the socket's bytes. False where something lies between, as TLS does: then positions
    /// in the one say nothing about the other.
    /// </summary>
    bool IsDirect { get; }

    /// <summary>Put into the output so far; some of it may still wait for the socket.</summary>
    long WrittenBytes { get; }

    /// <summary>Returned as sent by the socket so far. An aborted connection's buffers never count.</summary>
    long AcceptedBytes { get; }

    /// <summary>
    /// Tells <paramref name="observer"/> of every byte of a stretch once the socket has accepted it, until all are, or the connection is
    /// closed; also after whoever wrote them has given up.
    /// </summary>
    /// <param name="start">A position; usually <see cref="WrittenBytes"/> of now.</param>
    void Observe(long start, long length, IAcceptedBytesObserver observer);
}
