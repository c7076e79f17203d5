using System.Net.Sockets;

namespace Distribution.Ingest.Transport;

/// <summary>
/// What the kernel may hold of a connection that is not on the wire yet (TCP_NOTSENT_LOWAT; Linux): little, so that a viewer who goes
/// away leaves little that is accepted and unsent. A fast connection may have more, or it would be filled up far too often: it
/// gets that rid of in a moment.
/// </summary>
internal sealed class UnsentLimit(Socket socket, TimeProvider clock)
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT
    private const int UsualBytes = 128 << 10;
    private const int FastBytes = 2 << 20;

    // Fast is what sends FastBytes in this time, that is 1 MiB/s.
    private static readonly TimeSpan FastTime = TimeSpan.FromSeconds(2);

    private bool _isFast = !OperatingSystem.IsLinux();
    private long _waitedAt;
    private long _acceptedThen;

    /// <exception cref="SocketException">The connection is lost.</exception>
    public void SetUsual()
    {
        if (OperatingSystem.IsLinux())
            Set(UsualBytes);
    }

    /// <summary>To be told each time that the socket takes no more.</summary>
    /// <param name="acceptedBytes">All that it has taken.</param>
    public void Waits(long acceptedBytes)
    {
        if (_isFast)
            return;
        long now = clock.GetTimestamp();
        long bytes = acceptedBytes - _acceptedThen;
        TimeSpan time = clock.GetElapsedTime(_waitedAt, now);
        if (_waitedAt != 0 && bytes * FastTime.Ticks > FastBytes * time.Ticks)
        {
            _isFast = true;
            try
            {
                Set(FastBytes);
            }
            catch (SocketException)
            {
                // Lost meanwhile; the next send says so.
            }
        }
        (_waitedAt, _acceptedThen) = (now, acceptedBytes);
    }

    private void Set(int bytes) => socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(bytes));
}
