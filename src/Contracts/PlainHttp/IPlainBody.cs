using Distribution.Contracts.Metering;

namespace Distribution.Contracts.PlainHttp;

/// <summary>Hears of a stretch of a file that a connection sends. One call at a time, from any thread; be quick, do not throw.</summary>
public interface IPlainBody
{
    /// <summary>Comes before each call that sends of it.</summary>
    /// <param name="bytes">The most that the call sends.</param>
    /// <returns>Where the kernel is to write how far it came, on the thread that asks; null: nowhere.</returns>
    SendUnderWay? Sending(int bytes) => null;

    /// <summary>Comes after it: the socket has taken so many more bytes, or none.</summary>
    void Accepted(long bytes);

    /// <summary>Once: nothing more of it will be read, sent or counted.</summary>
    void Ended();
}
