using System.Net;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

public sealed class ContractApiTests : IDisposable
{
    private const string Mine =
        """{"id":"mine","name":"Mine","currency":"USD","terms":[{"traffic":[{"plan":"volume","tiers":[{"perGigabyte":10}]}]}]}""";

    private readonly PortalHost _host;
    private readonly HttpClient _client;
    private readonly PublishedFile _file;
    private ReportQuery? _asked;

    public ContractApiTests(PortalHost host)
    {
        _host = host;
        _client = host.Client(host.ApiKey);
        _file = host.Store.Add();
        host.Store.Reports[_file.Id] = query => SampleReport.Of(_asked = query);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Report => $"/api/v1/files/{_file.Id}/report?from=2026-03-01&to=2026-04-01";

    [Fact]
    public async Task The_catalogue_is_listed_and_its_files_can_be_had()
    {
        JsonElement[] all = (await _client.GetFromJsonAsync<JsonElement[]>("/api/v1/contracts", Stop))!;
        JsonElement bunny = Assert.Single(all, contract => contract.GetProperty("id").GetString() == "bunny-standard");
        Assert.Equal("2026-11-24", bunny.GetProperty("read").GetString());
        Assert.NotEmpty(bunny.GetProperty("sources").EnumerateArray());

        JsonElement file = await _client.GetFromJsonAsync<JsonElement>("/api/v1/contracts/bunny-standard", Stop);
        Assert.Equal(
            0.01m,
            file.GetProperty("terms")[0]
                .GetProperty("traffic")[0]
                .GetProperty("tiers")[0]
                .GetProperty("perGigabyte")
                .GetDecimal()
        );

        using HttpResponseMessage unknown = await _client.GetAsync("/api/v1/contracts/none", Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        await Problem.AssertAsync(unknown, "unknown-contract");
    }

    [Fact]
    public async Task Without_another_contract_there_is_the_own_statement_alone()
    {
        JsonElement report = await _client.GetFromJsonAsync<JsonElement>(Report, Stop);

        Assert.Null(_asked!.OtherContract);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("whatIf").ValueKind);
        JsonElement statement = report.GetProperty("statement");
        Assert.Equal("own", statement.GetProperty("contractId").GetString());
        JsonElement bill = statement.GetProperty("high").GetProperty("withoutPeers");
        Assert.Equal("1.5", bill.GetProperty("total").GetRawText());
        JsonElement line = Assert.Single(bill.GetProperty("lines").EnumerateArray());
        Assert.Equal("traffic", line.GetProperty("item").GetString());
        Assert.Equal("gigabyte", line.GetProperty("unit").GetString());
        Assert.Equal(
            line.GetProperty("amount").GetDecimal(),
            line.GetProperty("quantity").GetDecimal() * line.GetProperty("unitPrice").GetDecimal()
        );
    }

    [Fact]
    public async Task The_same_range_comes_under_a_contract_of_the_catalogue()
    {
        JsonElement report = await _client.GetFromJsonAsync<JsonElement>($"{Report}&contract=bunny-standard", Stop);

        Assert.Contains("bunny-standard", _asked!.OtherContract, StringComparison.Ordinal);
        Assert.Equal(1.5m, report.GetProperty("cost").GetProperty("cdnOnly").GetDecimal());
        JsonElement other = report.GetProperty("whatIf");
        Assert.Equal("bunny-standard", other.GetProperty("contractId").GetString());
        // All files had 36 MB at 0.01 a GB, this one a third of them.
        Assert.Equal(0.00012m, other.GetProperty("cost").GetProperty("cdnOnly").GetDecimal());
        JsonElement line = other.GetProperty("high").GetProperty("withoutPeers").GetProperty("lines")[0];
        Assert.Equal(0.00036m, line.GetProperty("publisherAmount").GetDecimal());
        Assert.Equal(12_000_000m, line.GetProperty("share").GetProperty("bytes").GetDecimal());
        Assert.Equal(36_000_000m, line.GetProperty("share").GetProperty("ofBytes").GetDecimal());
    }

    [Fact]
    public async Task The_same_range_comes_under_a_contract_in_the_body()
    {
        using HttpResponseMessage response = await PostAsync(Report, Mine);

        JsonElement report = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(0.12m, report.GetProperty("whatIf").GetProperty("cost").GetProperty("cdnOnly").GetDecimal());
        using HttpResponseMessage all = await PostAsync("/api/v1/report", Mine);
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"mine\"}")]
    [InlineData(
        "{\"id\":\"mine\",\"name\":\"M\",\"currency\":\"USD\",\"terms\":[{\"traffic\":[{\"plan\":\"volume\",\"tiers\":[{\"perGigabyte\":-1}]}]}]}"
    )]
    public async Task What_is_no_contract_is_refused_with_its_place(string json)
    {
        using HttpResponseMessage response = await PostAsync(Report, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement problem = await Problem.AssertAsync(response, "invalid-request");
        Assert.StartsWith("contract: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(_asked);
    }

    [Fact]
    public async Task A_huge_body_is_refused()
    {
        using HttpResponseMessage response = await PostAsync(Report, new string(' ', 1 << 20));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await Problem.AssertAsync(response, "too-large");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("../../keys/api")]
    public async Task A_contract_that_nobody_knows_is_refused(string id)
    {
        using HttpResponseMessage response = await _client.GetAsync(
            $"{Report}&contract={Uri.EscapeDataString(id)}",
            Stop
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await Problem.AssertAsync(response, "invalid-request");
    }

    [Fact]
    public async Task An_unknown_file_and_a_stranger_get_nothing()
    {
        using HttpResponseMessage unknown = await PostAsync("/api/v1/files/unknown/report", Mine);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using HttpClient stranger = _host.Client();
        using HttpResponseMessage refused = await stranger.GetAsync("/api/v1/contracts", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> PostAsync(string url, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await _client.PostAsync(url, content, Stop);
    }
}
