using System.Net.Sockets;

namespace Distribution.Ingest.Transport;

/// <summary>
/// Receives what comes fast in large steps: the kernel wakes a waiting receive when <see cref="LowWaterBytes"/> are there (SO_RCVLOWAT), and
/// not for each packet, which would cost more than the bytes. For a sender that lets it wait longer than <see cref="Patience"/> each packet
/// counts again.
/// </summary>
internal sealed class BulkReceiver : IDisposable
{
    public const int LowWaterBytes = 256 << 10;

    // What a receive finds when the sender is faster than the reader, or nearly so.
    private const int FastBytes = LowWaterBytes / 4;

    /// <summary>How much later than it came a byte may be read.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _isFast;
    private bool _isHigh;

    public BulkReceiver(Socket socket, TimeProvider clock)
    {
        _socket = socket;
        _timer = clock.CreateTimer(
            static receiver => ((BulkReceiver)receiver!).WaitForLess(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Receives at least a byte; 0: the peer has ended. One caller at a time.</summary>
    /// <param name="expectedBytes">So many come for certain, this receive's among them: it does not wait for more.</param>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> place, long expectedBytes, CancellationToken cancellation)
    {
        bool isHigh = Set(expectedBytes > LowWaterBytes);
        ValueTask<int> receiving = _socket.ReceiveAsync(place, SocketFlags.None, cancellation);
        bool isWatched = isHigh && !receiving.IsCompleted;
        if (isWatched)
            _timer.Change(Patience, Timeout.InfiniteTimeSpan);
        try
        {
            int received = await receiving;
            if (received >= FastBytes)
                _isFast = true;
            return received;
        }
        finally
        {
            if (isWatched)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Others receive from here on.</summary>
    public void End()
    {
        try
        {
            Set(isHigh: false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed: nobody receives.
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool Set(bool isHigh)
    {
        lock (_gate)
        {
            isHigh &= _isFast && OperatingSystem.IsLinux();
            if (isHigh != _isHigh)
            {
                _socket.SetSocketOption(
                    SocketOptionLevel.Socket,
                    SocketOptionName.ReceiveLowWater,
                    isHigh ? LowWaterBytes : 1
                );
                _isHigh = isHigh;
            }
            return isHigh;
        }
    }

    private void WaitForLess()
    {
        lock (_gate)
            _isFast = false;
        // The kernel wakes who waits where something is there.
        End();
    }
}
