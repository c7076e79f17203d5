namespace Distribution.Ingest.Transport;

/// <summary>Hears how many bytes of a stretch a socket has accepted.</summary>
public interface IAcceptedBytesObserver
{
    /// <summary>Called from the send loop, before anything else is sent: be quick, do not wait, do not throw.</summary>
    void Accepted(long bytes);
}
