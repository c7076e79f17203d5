using System.Collections.Concurrent;
using System.Diagnostics;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>
/// Viewers of some swarms that announce one after the other without a pause, over HTTP and UDP, until they are told to stop. Every answer is
/// judged: a peer that never announced there, or a refusal that is not for now, is wrong.
/// </summary>
internal sealed class SwarmLoad : IAsyncDisposable
{
    private const int OfEachTransport = 3;

    private readonly IReadOnlyList<LoadedSwarm> _swarms;
    private readonly DistributionServer _server;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly Task[] _viewers;
    private long _answered;

    private SwarmLoad(DistributionServer server, IReadOnlyList<LoadedSwarm> swarms, IReadOnlyList<UdpAnnounces> udp)
    {
        _server = server;
        _swarms = swarms;
        _viewers =
        [
            .. Enumerable.Range(0, OfEachTransport).Select(_ => Task.Run(RunHttpAsync)),
            .. udp.Select(socket => Task.Run(() => RunUdpAsync(socket))),
        ];
    }

    /// <summary>What was answered wrongly; empty: nothing.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public long Answered => Interlocked.Read(ref _answered);

    public static async Task<SwarmLoad> StartAsync(DistributionServer server, IReadOnlyList<LoadedSwarm> swarms)
    {
        UdpAnnounces[] udp = [.. Enumerable.Range(0, OfEachTransport).Select(static _ => new UdpAnnounces())];
        foreach (UdpAnnounces socket in udp)
            await socket.ConnectAsync(server);
        return new SwarmLoad(server, swarms, udp);
    }

    /// <summary>Completes once every swarm has been answered by both transports anew; how long the slowest took.</summary>
    public async Task<TimeSpan> AllAnsweredAsync(TimeSpan limit)
    {
        TimeSpan from = _time.Elapsed;
        Task all = Task.WhenAll(_swarms.SelectMany(static swarm => new[] { swarm.Http.Next(), swarm.Udp.Next() }));
        await all.WaitAsync(limit, TestContext.Current.CancellationToken);
        return _time.Elapsed - from;
    }

    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_viewers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _end.Dispose();
    }

    private async Task RunHttpAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (LoadedSwarm swarm in _swarms)
            {
                int port = swarm.NextPort();
                Judge(swarm, swarm.Http, await _server.AnnounceAsync(swarm.InfoHash, port, swarm.SizeBytes));
            }
        }
    }

    private async Task RunUdpAsync(UdpAnnounces udp)
    {
        using (udp)
        {
            var sinceConnect = Stopwatch.StartNew();
            while (!_end.IsCancellationRequested)
            {
                // An id lives for a minute at least.
                if (sinceConnect.Elapsed > TimeSpan.FromSeconds(50))
                {
                    await udp.ConnectAsync(_server);
                    sinceConnect.Restart();
                }
                foreach (LoadedSwarm swarm in _swarms)
                {
                    int port = swarm.NextPort();
                    if (await udp.AnnounceAsync(_server, swarm.InfoHash, port, swarm.SizeBytes) is { } answer)
                        Judge(swarm, swarm.Udp, answer);
                }
            }
        }
    }

    private void Judge(LoadedSwarm swarm, AnswerWatch watch, Announced answer)
    {
        if (answer.IsForNow)
            return;
        if (answer.Refusal is { } refusal)
            _wrong.Enqueue($"{swarm.InfoHash}: {refusal}");
        else if (answer.Peers.Any(port => !swarm.Ports.Contains(port)))
            _wrong.Enqueue($"{swarm.InfoHash}: peers {string.Join(' ', answer.Peers)}");
        else
        {
            Interlocked.Increment(ref _answered);
            watch.Tell();
        }
    }
}

/// <summary>One published file's swarm, and the ports of its viewers, no other swarm's among them.</summary>
internal sealed class LoadedSwarm(string fileId, string infoHash, long sizeBytes, IReadOnlyList<int> ports)
{
    private int _turn = -1;

    public string FileId { get; } = fileId;

    public string InfoHash { get; } = infoHash;

    public long SizeBytes { get; } = sizeBytes;

    public IReadOnlyList<int> Ports { get; } = ports;

    public AnswerWatch Http { get; } = new();

    public AnswerWatch Udp { get; } = new();

    /// <summary>The viewers in turn.</summary>
    public int NextPort() => Ports[(int)((uint)Interlocked.Increment(ref _turn) % (uint)Ports.Count)];
}

/// <summary>Lets tests await the next answer.</summary>
internal sealed class AnswerWatch
{
    private TaskCompletionSource _next = New();

    public Task Next() => Volatile.Read(ref _next).Task;

    public void Tell() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
