using System.Net;
using System.Net.Sockets;
using System.Text;
using Distribution.BitTorrent.Trackers;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;

namespace Distribution.Fuzz.Targets;

/// <summary>A real silo's HTTP port: what is sent over a connection is any bytes, and what comes back is HTTP.</summary>
internal sealed class LiveHttpTarget : IFuzzTarget
{
    private const int MostRequests = 3;
    private const int MostAnswerBytes = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Findings _findings;
    private readonly IPEndPoint _tracker;
    private readonly HttpClient _honest;
    private readonly TokenMutator _mutator = HttpTarget.NewMutator(FuzzTracker.Crowded);
    private readonly Draft _request = new(HttpTarget.MostRequestBytes);
    private readonly byte[] _answer = new byte[16 * 1024];

    public LiveHttpTarget(LiveTracker tracker, Findings findings)
    {
        (_tracker, _findings) = (tracker.Http, findings);
        _honest = new HttpClient { BaseAddress = new Uri($"http://{tracker.Http}"), Timeout = Patience };
    }

    public string Name => "http socket";

    public async ValueTask<int> FeedAsync(Random random)
    {
        int count = 1 + random.Next(MostRequests);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Reset at the end, so that no port waits for stragglers.
        socket.LingerState = new LingerOption(true, 0);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(_tracker, patience.Token);
            for (int i = 0; i < count; i++)
            {
                _mutator.Make(_request, random);
                await socket.SendAsync(_request.Memory, SocketFlags.None, patience.Token);
            }
            socket.Shutdown(SocketShutdown.Send);
            await ReadAnswersAsync(socket, patience.Token);
        }
        catch (SocketException)
        {
            // Refused in the middle of it, as is the server's right.
        }
        catch (OperationCanceledException)
        {
            _findings.Add(Name, "a connection that is over on our side was kept", _request.Bytes);
        }
        return count;
    }

    public async ValueTask CheckHonestAsync()
    {
        const string Announce =
            "/announce?info_hash=quiet%20swarm%2c%20honest.&peer_id=-HO0001-honest%20http%20&port=2002&uploaded=0&downloaded=0&left=5&compact=1";
        byte[] body = [];
        try
        {
            body = await _honest.GetByteArrayAsync(new Uri(Announce, UriKind.Relative));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            _findings.Add(Name, $"an honest viewer's request failed: {fault.Message}", []);
        }
        _findings.Expect(
            HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out _) && reply!.Incomplete >= 1,
            Name,
            "an honest viewer was not answered",
            body
        );
    }

    public ValueTask DisposeAsync()
    {
        _honest.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAnswersAsync(Socket socket, CancellationToken stop)
    {
        int total = 0;
        int length;
        while ((length = await socket.ReceiveAsync(_answer, SocketFlags.None, stop)) > 0)
        {
            if (total == 0 && length >= 5)
                _findings.Expect(
                    _answer.AsSpan(0, 5).SequenceEqual("HTTP/"u8),
                    Name,
                    $"no HTTP came back: {Encoding.Latin1.GetString(_answer, 0, Math.Min(length, 40))}",
                    _request.Bytes
                );
            total += length;
        }
        _findings.Expect(total <= MostAnswerBytes, Name, $"{total} bytes came back", _request.Bytes);
    }
}
