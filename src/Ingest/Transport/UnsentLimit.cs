using System.Net.Sockets;

namespace Distribution.Ingest.Transport;

/// <summary>
/// What the kernel may hold of a connection that is not on the wire yet (TCP_NOTSENT_LOWAT; Linux): little, so that a viewer who goes
/// away leaves little that is accepted and unsent. A faster connection may have more, or it would be filled up far too often: as much as it
/// gets rid of in a tenth of a second.
/// </summary>
internal sealed class UnsentLimit(Socket socket, TimeProvider clock)
{
    public const int LeastBytes = 128 << 10;
    public const int MostBytes = 2 << 20;

    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private int _bytes = OperatingSystem.IsLinux() ? LeastBytes : MostBytes;
    private long _since;
    private long _acceptedThen;

    /// <summary>The limit for a connection that took so much in that time; null: too little of both to tell.</summary>
    public static int? For(long bytes, TimeSpan time)
    {
        if (time < Window && bytes < MostBytes)
            return null;
        return (int)Math.Clamp(bytes * Window.Ticks / Math.Max(1, time.Ticks), LeastBytes, MostBytes);
    }

    /// <exception cref="SocketException">The connection is lost.</exception>
    public void SetUsual()
    {
        if (OperatingSystem.IsLinux())
            Set(LeastBytes);
    }

    /// <summary>To be told each time that the socket takes no more.</summary>
    /// <param name="acceptedBytes">All that it has taken.</param>
    public void Waits(long acceptedBytes)
    {
        if (_bytes == MostBytes)
            return;
        long now = clock.GetTimestamp();
        if (_since != 0)
        {
            if (For(acceptedBytes - _acceptedThen, clock.GetElapsedTime(_since, now)) is not { } wanted)
                return;
            if (wanted == MostBytes || wanted >= 2 * _bytes)
            {
                _bytes = wanted;
                try
                {
                    Set(wanted);
                }
                catch (SocketException)
                {
                    // Lost meanwhile; the next send says so.
                }
            }
        }
        (_since, _acceptedThen) = (now, acceptedBytes);
    }

    private void Set(int bytes) => socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(bytes));
}
