using System.Net;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

public sealed class StatementApiTests : IDisposable
{
    private readonly PortalHost _host;
    private readonly HttpClient _client;

    public StatementApiTests(PortalHost host)
    {
        _host = host;
        _client = host.Client(host.ApiKey);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_month_is_told_with_its_files_and_corrections()
    {
        JsonElement month = await GetAsync("/api/v1/statement/2026-03");
        Assert.Equal("2026-03", month.GetProperty("month").GetString());
        Assert.True(month.GetProperty("isClosed").GetBoolean());
        Assert.Equal("2026-04-04T00:00:00Z", month.GetProperty("closesAt").GetString());
        Assert.Equal(9_000_000, month.GetProperty("webSeedBytes").GetInt64());
        Assert.Equal("large", month.GetProperty("files")[0].GetProperty("fileId").GetString());
        JsonElement correction = Assert.Single(month.GetProperty("corrections").EnumerateArray());
        Assert.Equal(77, correction.GetProperty("entry").GetInt64());
        Assert.Equal(0.75m, month.GetProperty("statement").GetProperty("cost").GetProperty("actual").GetDecimal());

        string[] lines = (await _client.GetStringAsync("/api/v1/statement/2026-03?format=csv", Stop)).Split("\r\n");
        Assert.StartsWith("file,correctionEntry,correctedAt,deliveredLow", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("large,,,20000000,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("small,77,2026-04-06T00:00:00Z,10000000,", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/statement/march")]
    [InlineData("/api/v1/statement/2026-13")]
    [InlineData("/api/v1/statement/8000-01")]
    [InlineData("/api/v1/statement/2026-03?format=pdf")]
    [InlineData("/api/v1/report?compareFrom=never")]
    [InlineData("/api/v1/report?compareFrom=2026-02-02&compareTo=2026-02-01")]
    public async Task Nonsense_is_refused(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("&compareFrom=2026-01-01", "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z")]
    [InlineData("&compareTo=2026-03-01", "2026-02-22T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("&compareFrom=2026-01-01&compareTo=2026-01-03", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z")]
    public async Task Two_ranges_are_compared(string query, string? from, string? to)
    {
        PublishedFile file = _host.Store.Add();
        _host.Store.Reports[file.Id] = SampleReport.Of;
        JsonElement compared = (
            await GetAsync($"/api/v1/files/{file.Id}/report?from=2026-03-01&to=2026-03-08{query}")
        ).GetProperty("compared");
        if (from is null)
        {
            Assert.Equal(JsonValueKind.Null, compared.ValueKind);
            return;
        }
        Assert.Equal((from, to), (compared.GetProperty("from").GetString(), compared.GetProperty("to").GetString()));
        Assert.Equal(9_000_000, compared.GetProperty("webSeedBytes").GetInt64());
        Assert.Equal(0.75m, compared.GetProperty("cost").GetProperty("actual").GetDecimal());
    }

    [Fact]
    public async Task The_page_shows_the_month_and_only_to_its_publisher()
    {
        using PortalSession session = await PortalSession.SignedInAsync(_host);
        string page = await session.Client.GetStringAsync("/statement/2026-03", Stop);
        foreach (string expected in (string[])["Statement, March 2026", "Corrections", "large"])
            Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.Matches("closed on <time datetime=\"2026-04-04T00:00:00Z\"[^>]*>4 Apr 2026", page);
        using HttpResponseMessage none = await session.Client.GetAsync("/statement/then", Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await _client.GetStringAsync(path, Stop));
        return document.RootElement.Clone();
    }
}
