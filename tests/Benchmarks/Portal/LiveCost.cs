using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Distribution.Portal;

/// <summary>
/// What it costs the server that many watch one file's swarm: its processor time with them and without them, in turn, while a viewer's
/// announces change the swarm each second.
/// </summary>
internal static class LiveCost
{
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(15);
    private const int Rounds = 3;
    private const int SizeBytes = 100_000_000;

    public static async Task MeasureAsync(string program, string folder, int viewers)
    {
        string data = Path.Combine(folder, "data");
        string video = Path.Combine(folder, "video.mp4");
        await using (FileStream file = File.Create(video))
            file.SetLength(SizeBytes);
        await using ServerProcess server = await ServerProcess.StartAsync(program, data);
        string key = Path.Combine(data, "keys", "api.key");
        using (
            Process publish = Process.Start(
                program,
                ["publish", video, "--server", server.BaseUrl, "--api-key", (await File.ReadAllTextAsync(key)).Trim()]
            )
        )
            await publish.WaitForExitAsync();
        JsonElement files = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/files")).RootElement;
        JsonElement published = files.GetProperty("items")[0];
        string id = published.GetProperty("id").GetString()!;
        string announce = Announce(published.GetProperty("infoHash").GetString()!);
        using var stop = new CancellationTokenSource();
        Task news = ChangeEachSecondAsync(server, announce, stop.Token);
        var shares = new List<(double Without, double With)>();
        long events = 0;
        // Once unmeasured, so that all code is compiled.
        for (int round = -1; round < Rounds; round++)
        {
            double without = await ShareAsync(server);
            using var leave = new CancellationTokenSource();
            int open = 0;
            Task[] watching =
            [
                .. Enumerable
                    .Range(0, viewers)
                    .Select(_ =>
                        WatchAsync(
                            server,
                            id,
                            () => Interlocked.Increment(ref open),
                            () => Interlocked.Increment(ref events),
                            leave.Token
                        )
                    ),
            ];
            while (Volatile.Read(ref open) < viewers)
                await Task.Delay(50);
            Interlocked.Exchange(ref events, 0);
            double with = await ShareAsync(server);
            long told = Interlocked.Read(ref events);
            await leave.CancelAsync();
            await Task.WhenAll(watching);
            if (round < 0)
                continue;
            shares.Add((without, with));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"without {without:P2}, with {viewers} viewers {with:P2} of a core, {told / Stretch.TotalSeconds / viewers:0.00} events a second each"
                )
            );
        }
        await stop.CancelAsync();
        await news;
        double median = shares.Select(share => share.With - share.Without).Order().ElementAt(Rounds / 2);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{viewers} viewers of a live page cost {median:P2} of a core (median)"
            )
        );
    }

    private static async Task<double> ShareAsync(ServerProcess server)
    {
        TimeSpan before = server.Cpu;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(Stretch);
        return (server.Cpu - before) / Stopwatch.GetElapsedTime(start);
    }

    private static async Task WatchAsync(
        ServerProcess server,
        string id,
        Action opened,
        Action told,
        CancellationToken leave
    )
    {
        try
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(
                $"/api/v1/files/{id}/live",
                HttpCompletionOption.ResponseHeadersRead,
                leave
            );
            answer.EnsureSuccessStatusCode();
            opened();
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(leave));
            while (await lines.ReadLineAsync(leave) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal))
                    told();
            }
        }
        catch (OperationCanceledException) { }
    }

    private static async Task ChangeEachSecondAsync(ServerProcess server, string announce, CancellationToken stop)
    {
        try
        {
            for (int viewer = 0; !stop.IsCancellationRequested; viewer++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"-XX0001-{viewer:d12}");
                string address = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{announce}&peer_id={id}&port={1024 + viewer}&left={viewer % 10 * SizeBytes / 10 + 1}"
                );
                await server.Http.GetByteArrayAsync(address, stop);
                await Task.Delay(1000, stop);
            }
        }
        catch (OperationCanceledException) { }
    }

    private static string Announce(string infoHash) =>
        $"/announce?info_hash={string.Concat(Convert.FromHexString(infoHash).Select(one => $"%{one:X2}"))}"
        + "&uploaded=0&downloaded=0&event=started&compact=1";
}
