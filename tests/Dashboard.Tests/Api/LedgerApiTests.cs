using System.Net;
using System.Text.Json;
using Distribution.Contracts.Ledgers;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

public sealed class LedgerApiTests(PortalHost host) : IDisposable
{
    private readonly HttpClient _client = host.Client(host.ApiKey);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_ledger_is_lines_in_pages_with_its_end_last()
    {
        using HttpResponseMessage response = await _client.GetAsync("/api/v1/ledger", Stop);

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("start\n1\n2\n3\n4\n5\nend all\n", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_part_begins_where_it_was_asked_to()
    {
        Assert.EndsWith(
            "end 2026-03-01T00:00:00Z\n",
            await _client.GetStringAsync("/api/v1/ledger?from=2026-03-01", Stop),
            StringComparison.Ordinal
        );
        using HttpResponseMessage wrong = await _client.GetAsync("/api/v1/ledger?from=yesterday", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await Problem.AssertAsync(wrong, "invalid-request");
    }

    [Fact]
    public async Task A_fault_on_the_way_breaks_the_answer_off()
    {
        // Page 3 throws: whoever reads must not take what came for all.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            _client.GetStringAsync("/api/v1/ledger?from=2001-01-01", Stop)
        );
    }

    [Fact]
    public async Task The_key_is_shown_and_nobody_else_reads_either()
    {
        var key = await JsonDocument.ParseAsync(
            await _client.GetStreamAsync("/api/v1/ledger/key", Stop),
            default,
            Stop
        );
        Assert.Equal("sha256:0123", key.RootElement.GetProperty("fingerprint").GetString());
        using HttpClient nobody = host.Client();
        foreach (string path in (string[])["/api/v1/ledger", "/api/v1/ledger/key"])
        {
            using HttpResponseMessage refused = await nobody.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }
}

/// <summary>Five entries, two on a page.</summary>
public sealed class LedgerExportGrain : Grain, ILedgerExportGrain
{
    private const long Faulty = 100;

    public Task<LedgerExport> BeginAsync(DateTimeOffset? from) =>
        Task.FromResult(
            new LedgerExport(
                ["start"],
                from?.Year == 2001 ? Faulty : 0,
                from?.Year == 2001 ? Faulty + 5 : 5,
                $"end {(from is { } time ? time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : "all")}"
            )
        );

    public Task<LedgerExportPage> ReadAsync(long after, long last)
    {
        if (after == Faulty + 4)
            throw new InvalidOperationException("no");
        string[] lines = [.. Enumerable.Range((int)after + 1, (int)Math.Min(2, last - after)).Select(i => $"{i}")];
        return Task.FromResult(new LedgerExportPage(lines, after + lines.Length));
    }

    public Task<LedgerKey> GetKeyAsync() => Task.FromResult(new LedgerKey("pem", "sha256:0123"));
}
