using System.Net;
using System.Net.Sockets;

namespace Distribution.Standalone.Downloads;

/// <summary>
/// Connections to peers: dials those that trackers name, again after a loss with longer pauses, and takes in those that come. Ends all of
/// them when the download is over.
/// </summary>
internal sealed class PeerDials : IDisposable
{
    private const int MaxConnections = 60;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(120);

    private readonly Download _download;
    private readonly Socket _listener;
    private readonly bool _enabled;
    private readonly CancellationToken _stop;
    private readonly Dictionary<IPEndPoint, Dial> _known = [];
    private readonly HashSet<Task> _running = [];
    private readonly Task _accepting;

    public PeerDials(Download download, Socket listener, bool enabled, CancellationToken stop)
    {
        _download = download;
        _listener = listener;
        _enabled = enabled;
        _stop = stop;
        _accepting = enabled ? AcceptAsync() : Task.CompletedTask;
    }

    /// <summary>Peers that may be new.</summary>
    public void Add(IReadOnlyList<IPEndPoint> endpoints)
    {
        lock (_known)
        {
            foreach (IPEndPoint endpoint in endpoints)
            {
                if (endpoint.Port > 0)
                    _known.TryAdd(endpoint, new Dial());
            }
        }
        DialDue();
    }

    /// <summary>Dials whoever is not connected and whose pause is over.</summary>
    public void DialDue()
    {
        if (!_enabled || _stop.IsCancellationRequested)
            return;
        lock (_known)
        {
            foreach ((IPEndPoint endpoint, Dial dial) in _known)
            {
                if (dial.IsOpen || _running.Count >= MaxConnections || _download.Clock.GetTimestamp() < dial.NotBefore)
                    continue;
                dial.IsOpen = true;
                Track(DialAsync(endpoint, dial));
            }
        }
    }

    /// <summary>Returns when every connection is closed; the token that was given is cancelled by then.</summary>
    public async Task StopAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] running;
        lock (_known)
            running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop);
            }
            catch (SocketException)
            {
                // Out of descriptors, or gone again already.
                await Task.Delay(TimeSpan.FromMilliseconds(200), _download.Clock, _stop);
                continue;
            }
            lock (_known)
            {
                if (_running.Count < MaxConnections)
                    Track(ExchangeAsync(socket));
                else
                    socket.Dispose();
            }
        }
    }

    /// <summary>Under the lock of those that are known.</summary>
    private void Track(Task connection)
    {
        _running.Add(connection);
        _ = connection.ContinueWith(
            ended =>
            {
                lock (_known)
                    _running.Remove(ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
    }

    private async Task DialAsync(IPEndPoint endpoint, Dial dial)
    {
        long began = _download.Clock.GetTimestamp();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var limit = new CancellationTokenSource(ConnectLimit, _download.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop, limit.Token);
            await socket.ConnectAsync(endpoint, both.Token);
            await ExchangeAsync(socket);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Dispose();
        }
        finally
        {
            lock (_known)
            {
                bool lasted = _download.Clock.GetElapsedTime(began) > LongestPause;
                dial.Pause = lasted || dial.Pause == default ? FirstPause : Longer(dial.Pause);
                dial.NotBefore =
                    _download.Clock.GetTimestamp()
                    + (long)(dial.Pause.TotalSeconds * _download.Clock.TimestampFrequency);
                dial.IsOpen = false;
            }
        }
    }

    private async Task ExchangeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            using var line = new PeerLine(socket);
            using var exchange = new PeerExchange(_download, line);
            await exchange.RunAsync(_stop);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone: others have what it had.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));

    private sealed class Dial
    {
        public bool IsOpen { get; set; }

        public TimeSpan Pause { get; set; }

        /// <summary>A timestamp of the clock.</summary>
        public long NotBefore { get; set; }
    }
}
