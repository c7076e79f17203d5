using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Sends;

/// <summary>
/// The count against the system calls of the process: strace writes down what each send returned. Viewers go away in the middle
/// of a body while the server sends at full speed.
/// </summary>
public sealed partial class TracedCountingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Aborted_transfers_count_what_the_sends_returned()
    {
        if (!File.Exists("/usr/bin/strace"))
            Assert.Skip("strace is not installed.");
        using var folder = new TestFolder();
        string log = Path.Combine(folder.Path, "strace.log");
        byte[] content = Tus.RandomBytes(30_000_000);
        var viewers = new List<(int Port, int HeadLength)>();
        string infoHash;
        await using (
            ChildServer child = await ChildServer.StartAsync(
                folder.Path,
                [
                    "strace",
                    "-f",
                    "-qq",
                    "-yy",
                    "-e",
                    "trace=sendmsg,sendto,write,writev,sendfile,splice",
                    "-e",
                    "signal=none",
                    "-s",
                    "0",
                    "-o",
                    log,
                ]
            )
        )
        {
            using var client = new HttpClient { BaseAddress = child.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestKeys.Publisher);
            client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
            string id = await Tus.CreatedAsync(client, content.Length);
            (await Tus.PatchAsync(client, id, 0, content)).EnsureSuccessStatusCode();
            byte[] torrent = await client.GetByteArrayAsync($"/torrents/{id}.torrent");
            Assert.True(BitTorrent.Metainfo.MetainfoFile.TryParse(torrent, out var metainfo, out _));
            infoHash = metainfo!.Info.InfoHash.ToString();

            var random = new Random(3);
            for (int i = 0; i < 12; i++)
            {
                using RawHttp raw = await RawHttp.ConnectAsync(child.Address, i % 3 == 0 ? 64 << 10 : 0);
                int port = KernelQueues.PortOf(raw.Socket.LocalEndPoint);
                await raw.GetAsync($"/webseed/{id}/film.mp4");
                await raw.ReadHeadAsync();
                viewers.Add((port, raw.HeadLength));
                await raw.ReadAsync(i == 11 ? content.Length : random.Next(0, 20_000_000));
                if (i % 2 == 0)
                    raw.Reset();
            }
            await child.StopAsync();
        }
        // strace ends with the process it traces, and with it the log.
        long sent = SentTo(viewers.Select(v => v.Port).ToHashSet(), await File.ReadAllLinesAsync(log));
        sent -= viewers.Sum(v => v.HeadLength);
        // The child is gone; its journal was left as it was, because its ledger was in its memory.
        using SendJournal journal = SendJournal.Open(Path.Combine(folder.Path, "sends.journal"), TimeProvider.System);
        long counted = journal
            .Snapshot()
            .Where(c => c.InfoHash == infoHash && c.Kind == SendKind.WebSeed)
            .Sum(c => c.BytesSent);
        output.WriteLine($"{viewers.Count} viewers: {sent} bytes by strace, {counted} counted");
        Assert.InRange(sent, content.Length, 12L * content.Length);
        Assert.Equal(sent, counted);
    }

    private static long SentTo(HashSet<int> ports, string[] log)
    {
        long sent = 0;
        // A call that other threads' calls overtake is written in two lines; the second names no connection.
        var unfinished = new Dictionary<string, int>();
        foreach (string line in log)
        {
            Match call = CallPattern().Match(line);
            int port = call.Success
                ? int.Parse(call.Groups["port"].Value, CultureInfo.InvariantCulture)
                : unfinished.GetValueOrDefault(line.Split(' ')[0]);
            if (call.Success && line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                unfinished[call.Groups["thread"].Value] = port;
            else if (call.Success || line.Contains("resumed>", StringComparison.Ordinal))
                unfinished.Remove(line.Split(' ')[0]);
            Match result = ResultPattern().Match(line);
            if (result.Success && ports.Contains(port))
                sent += long.Parse(result.Groups["bytes"].Value, CultureInfo.InvariantCulture);
        }
        return sent;
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(sendmsg|sendto|write|writev|sendfile)\(\d+<TCP[^>]*->[^\]]*?:(?<port>\d+)\]>")]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"\) += (?<bytes>\d+)$")]
    private static partial Regex ResultPattern();
}
