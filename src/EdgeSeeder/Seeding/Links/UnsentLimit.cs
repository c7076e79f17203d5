using System.Net.Sockets;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>
/// What the kernel may hold of a connection that is not on the wire yet (TCP_NOTSENT_LOWAT; Linux): what a peer that goes away leaves there was
/// counted as sent. So it is little, and for a faster connection, which is filled up less often so, what it gets rid of in a tenth of a second.
/// </summary>
internal sealed class UnsentLimit(Socket socket, TimeProvider clock)
{
    private const int LeastBytes = 128 * 1024;
    private const int MostBytes = 512 * 1024;
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private int _bytes;
    private long _since;
    private long _taken;

    /// <exception cref="SocketException">The connection is lost.</exception>
    public void Begin()
    {
        _bytes = MostBytes;
        if (!OperatingSystem.IsLinux())
            return;
        _bytes = LeastBytes;
        Set();
    }

    /// <summary>Comes after each send.</summary>
    /// <param name="taken">So many bytes the socket took.</param>
    /// <param name="isFull">It took less than there was.</param>
    public void Sent(long taken, bool isFull)
    {
        if (_bytes == MostBytes)
            return;
        _taken += taken;
        if (!isFull)
            return;
        long now = clock.GetTimestamp();
        if (_since == 0)
        {
            // What it took until it was full for the first time tells nothing.
            (_since, _taken) = (now, 0);
            return;
        }
        TimeSpan time = clock.GetElapsedTime(_since, now);
        if (time < Window && _taken < MostBytes)
            return;
        long wanted = Math.Min(MostBytes, _taken * Window.Ticks / Math.Max(1, time.Ticks));
        (_since, _taken) = (now, 0);
        if (wanted < MostBytes && wanted < 2L * _bytes)
            return;
        _bytes = (int)wanted;
        try
        {
            Set();
        }
        catch (SocketException)
        {
            // Lost meanwhile; the next send says so.
        }
    }

    private void Set() =>
        socket.SetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, BitConverter.GetBytes(_bytes));
}
