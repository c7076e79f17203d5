using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Ledgers;

/// <summary>The ledger of a real server, and what `distribution verify` makes of it without asking that server.</summary>
public sealed class LedgerExportTests : IDisposable
{
    private const int Kills = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_export_verifies_and_gives_the_report_figure_for_figure()
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings
            {
                Environment = new Dictionary<string, string>
                {
                    ["DISTRIBUTION_PRICE_CDN"] = "0.0317",
                    ["DISTRIBUTION_PRICE_EDGE"] = "0.0021",
                },
            }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        await using (LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(video.Magnet))
            await viewer.HasBytesAsync(source.SizeBytes, TimeSpan.FromSeconds(120));
        await server.Http.GetByteArrayAsync(video.DownloadUrl, Stop);
        await SentFigures.SettledAsync(server, video);
        string export = await ExportAsync(server, "ledger.jsonl");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string from = Text(now.AddDays(-2));
        string to = Text(now.AddHours(2));

        foreach (string bucket in (string[])["hour", "day"])
        {
            JsonElement verified = (
                await VerifyAsync(export, "--json", "--from", from, "--to", to, "--bucket", bucket)
            ).Json();
            JsonObject recomputed = JsonNode.Parse(verified.GetProperty("report").GetRawText())!.AsObject();
            JsonNode files = recomputed["files"]!.DeepClone();
            recomputed.Remove("files");
            JsonElement told = await server.GetJsonAsync($"/api/v1/report?from={from}&to={to}&bucket={bucket}");
            Assert.True(JsonNode.DeepEquals(InTheChain(told), InTheChain(recomputed)), $"{told}\n{recomputed}");
            Assert.True(told.GetProperty("webSeedBytes").GetInt64() >= source.SizeBytes, told.ToString());
            JsonObject one = Assert.Single(files.AsArray())!.AsObject();
            JsonObject ofFile = InTheChain(
                await server.GetJsonAsync($"/api/v1/files/{video.Id}/report?from={from}&to={to}&bucket={bucket}")
            );
            one.Remove("buckets");
            ofFile.Remove("buckets");
            Assert.True(JsonNode.DeepEquals(ofFile, one), $"{ofFile}\n{one}");
        }

        JsonElement key = await server.GetJsonAsync("/api/v1/ledger/key");
        string fingerprint = key.GetProperty("fingerprint").GetString()!;
        CommandResult shown = await VerifyAsync(export, "--report", "--key", fingerprint);
        Assert.Equal(0, shown.Status);
        foreach (string expected in (string[])[fingerprint, video.Id, "cost had a CDN sent all", "checkpoints"])
            Assert.Contains(expected, shown.Output, StringComparison.Ordinal);
        string path = Path.Combine(server.Data, "keys", "ledger.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        // By another hand.
        await using RunningProgram python = RunningProgram.Start(
            "python3",
            [Path.Combine(Repository.Root, "tests", "Parsers", "verify_ledger.py"), export]
        );
        Assert.True(await python.ExitAsync(TimeSpan.FromSeconds(60)) == 0, python.Transcript());
        Assert.Contains(video.Id, python.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_or_cut_export_and_wrong_use_are_told_in_a_line()
    {
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        string path = _folder.File("small.bin");
        await File.WriteAllBytesAsync(path, new byte[100_000], Stop);
        PublishedVideo file = await server.PublishAsync(path);
        await DownloadAsync(server, file, 100_000);
        string export = await ExportAsync(server, "old.jsonl");
        string[] lines = await File.ReadAllLinesAsync(export, Stop);

        string changed = await WriteAsync(
            "changed.jsonl",
            lines.Select(static line => line.Replace("\"direct\":", "\"direct\":1", StringComparison.Ordinal))
        );
        CommandResult told = await VerifyAsync(changed);
        int victim = Array.FindIndex(lines, static line => line.Contains("\"direct\":", StringComparison.Ordinal));
        Assert.Contains($"Line {victim + 1}, entry {victim}: ", told.SingleComplaint(1), StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse((await VerifyAsync(changed, "--json")).Output).RootElement;
        Assert.Equal((false, victim), (json.GetProperty("valid").GetBoolean(), json.GetProperty("entry").GetInt32()));

        string cut = await WriteAsync("cut.jsonl", lines[..^1]);
        Assert.Contains("cut off", (await VerifyAsync(cut)).SingleComplaint(1), StringComparison.Ordinal);
        Assert.Contains("missing", (await VerifyAsync("missing.jsonl")).SingleComplaint(1), StringComparison.Ordinal);
        Assert.Contains(
            "another key",
            (await VerifyAsync(export, "--key", "sha256:00")).SingleComplaint(1),
            StringComparison.Ordinal
        );
        (await VerifyAsync(export, "--from", "yesterday")).SingleComplaint(2);
        (await CommandLine.RunAsync("verify")).SingleComplaint(2);

        await DownloadAsync(server, file, 200_000);
        string later = await ExportAsync(server, "new.jsonl");
        Assert.Contains("extends", (await VerifyAsync(later, "--earlier", export)).Output, StringComparison.Ordinal);
        Assert.Contains(
            "ends before it",
            (await VerifyAsync(export, "--earlier", later)).SingleComplaint(1),
            StringComparison.Ordinal
        );

        using HttpResponseMessage nobody = await server.Http.GetAsync("/api/v1/ledger", Stop);
        using var edge = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ledger");
        edge.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.EdgeKey);
        using HttpResponseMessage edges = await server.Http.SendAsync(edge, Stop);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (nobody.StatusCode, edges.StatusCode));
    }

    [Fact]
    public async Task Kill_9_while_hours_are_closed_leaves_one_chain_that_goes_on()
    {
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        string path = _folder.File("small.bin");
        await File.WriteAllBytesAsync(path, new byte[100_000], Stop);
        PublishedVideo file = await server.PublishAsync(path);
        long sent = 0;
        string? before = null;
        for (int kill = 0; kill < Kills; kill++)
        {
            await DownloadAsync(server, file, sent += 100_000);
            // Exports without an end, and one in the middle of which the process dies.
            Task[] asking = [.. Enumerable.Range(0, 8).Select(_ => AskAsync(server))];
            await Task.WhenAny(asking);
            await server.Program.KillAsync();
            await Task.WhenAll(asking);
            await server.StartAgainAsync();
            string export = await ExportAsync(server, $"{kill}.jsonl");
            string[] more = before is null ? [] : ["--earlier", before];
            JsonElement verified = (await VerifyAsync(export, ["--json", "--report", .. more])).Json();
            Assert.Equal(sent, verified.GetProperty("report").GetProperty("directBytes").GetInt64());
            before = export;
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Asks until the server is gone.</summary>
    private static async Task AskAsync(DistributionServer server)
    {
        try
        {
            using HttpRequestMessage request = server.Request(HttpMethod.Get, "/api/v1/ledger");
            using HttpResponseMessage answer = await server.Http.SendAsync(request, Stop);
        }
        catch (HttpRequestException) { }
    }

    /// <summary>Over the plain link, until the report has it.</summary>
    private static async Task DownloadAsync(DistributionServer server, PublishedVideo file, long reported)
    {
        await server.Http.GetByteArrayAsync(file.DownloadUrl, Stop);
        await Wait.UntilAsync(
            async () => (await server.ReportAsync(file.Id)).GetProperty("directBytes").GetInt64() == reported,
            TimeSpan.FromSeconds(60),
            $"the report has {reported} bytes"
        );
    }

    private async Task<string> ExportAsync(DistributionServer server, string name)
    {
        using HttpRequestMessage request = server.Request(HttpMethod.Get, "/api/v1/ledger");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Stop);
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        string path = _folder.File(name);
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync(Stop), Stop);
        return path;
    }

    private async Task<string> WriteAsync(string name, IEnumerable<string> lines)
    {
        string path = _folder.File(name);
        await File.WriteAllTextAsync(
            path,
            string.Concat(lines.Select(static line => line + "\n")),
            Encoding.ASCII,
            Stop
        );
        return path;
    }

    private static Task<CommandResult> VerifyAsync(string export, params string[] arguments) =>
        CommandLine.RunAsync(["verify", export, .. arguments]);

    /// <summary>What of a report an export can tell; whether an hour is closed may change between two looks.</summary>
    private static JsonObject InTheChain(JsonElement told) => InTheChain(JsonNode.Parse(told.GetRawText())!.AsObject());

    private static JsonObject InTheChain(JsonObject report)
    {
        foreach (
            string name in (string[])
                ["wholeUntil", "regions", "systems", "crossSystem", "uploads", "holdout", "collection"]
        )
            report.Remove(name);
        foreach (JsonNode? bucket in report["buckets"]!.AsArray())
            bucket!.AsObject().Remove("isWhole");
        return report;
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:'00:00Z'", CultureInfo.InvariantCulture);
}
