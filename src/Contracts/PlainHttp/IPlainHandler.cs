namespace Distribution.Contracts.PlainHttp;

/// <summary>
/// Answers the plain requests of one kind, on the thread that serves many connections. What it does not answer goes to the web server as it came,
/// so whatever is rare, wrong or clever about a request is left to that.
/// </summary>
public interface IPlainHandler
{
    /// <summary>Never waits for a disk, a lock that is held for long, or another process; does not throw.</summary>
    PlainAnswer TryAnswer(in PlainHead head, IPlainReply reply);
}
