namespace Distribution.Contracts.PlainHttp;

/// <summary>Hears of a stretch of a file that a connection sends. One call at a time, from any thread; be quick, do not throw.</summary>
public interface IPlainBody
{
    /// <summary>The socket has taken so many more bytes of it.</summary>
    void Accepted(long bytes);

    /// <summary>Once: nothing more of it will be read, sent or counted.</summary>
    void Ended();
}
