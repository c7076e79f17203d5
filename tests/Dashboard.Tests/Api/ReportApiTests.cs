using System.Net;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

public sealed class ReportApiTests : IDisposable
{
    private readonly PortalHost _host;
    private readonly HttpClient _client;
    private readonly PublishedFile _file;
    private ReportQuery? _asked;

    public ReportApiTests(PortalHost host)
    {
        _host = host;
        _client = host.Client(host.ApiKey);
        _file = host.Store.Add();
        host.Store.Reports[_file.Id] = query => SampleReport.Of(_asked = query);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_is_flat_and_exact()
    {
        string json = await _client.GetStringAsync(
            $"/api/v1/files/{_file.Id}/report?from=2026-03-01&to=2026-03-03T00:00:00Z&bucket=day",
            Stop
        );

        const string bytes3 =
            "\"delivered\":{\"low\":30000000,\"high\":36000000},\"webSeedBytes\":9000000,\"directBytes\":3000000,"
            + "\"edgeBytes\":6000000,\"edgeFillBytes\":12000000,\"peerBytes\":{\"low\":15000000,\"high\":21000000},"
            + "\"offload\":{\"low\":0.5,\"high\":0.5833333333333334},\"viewerUploadBytes\":18000000,"
            + "\"cdnBytes\":0,\"edgeMetadataBytes\":300000,\"edgeOverheadBytes\":600000,\"wasteBytes\":900000,\"lateBytes\":0";
        const string bytes1 =
            "\"delivered\":{\"low\":10000000,\"high\":12000000},\"webSeedBytes\":3000000,\"directBytes\":1000000,"
            + "\"edgeBytes\":2000000,\"edgeFillBytes\":4000000,\"peerBytes\":{\"low\":5000000,\"high\":7000000},"
            + "\"offload\":{\"low\":0.5,\"high\":0.5833333333333334},\"viewerUploadBytes\":6000000,"
            + "\"cdnBytes\":0,\"edgeMetadataBytes\":100000,\"edgeOverheadBytes\":200000,\"wasteBytes\":300000,\"lateBytes\":0";
        Assert.StartsWith(
            $"{{\"fileId\":\"{_file.Id}\",\"from\":\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-03T00:00:00Z\",\"bucket\":\"day\",\"currency\":\"USD\",{bytes3},"
                + "\"viewers\":5,\"downloadOnlyViewers\":2,\"cost\":{\"cdnOnly\":1.5,\"actual\":0.75,\"saved\":{\"low\":-0.25,\"high\":0.75},\"viewersBore\":0.125},"
                + $"\"buckets\":[{{\"start\":\"2026-03-01T00:00:00Z\",{bytes1},\"isWhole\":false}},{{\"start\":\"2026-03-02T00:00:00Z\",",
            json,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_range_it_covers_the_last_thirty_days()
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();

        await _client.GetStringAsync($"/api/v1/files/{_file.Id}/report", Stop);

        Assert.Equal(TimeSpan.FromDays(30), _asked!.To - _asked.From - Rounding(_asked));
        Assert.InRange(_asked.To, before, before.AddHours(1.01));
        Assert.Equal(ReportBucketSize.Day, _asked.Bucket);
        Assert.Equal((_file.Id, Publishers.Default), (_asked.FileId, _asked.PublisherId));
    }

    [Fact]
    public async Task All_files_are_reported_together_and_zeros_are_zeros()
    {
        using HttpResponseMessage response = await _client.GetAsync(
            "/api/v1/report?bucket=hour&from=2019-01-01&to=2019-01-02",
            Stop
        );

        JsonElement json = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("fileId").ValueKind);
        Assert.Equal("hour", json.GetProperty("bucket").GetString());
        Assert.Equal(0, json.GetProperty("offload").GetProperty("high").GetDouble());
    }

    [Theory]
    [InlineData("&format=csv", null)]
    [InlineData("", "text/csv")]
    [InlineData("", "text/csv, application/json;q=0.5")]
    [InlineData("", "text/csv, */*;q=0.1")]
    public async Task Csv_comes_on_request(string query, string? accept)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/api/v1/files/{_file.Id}/report?from=2026-03-01T05:00:00Z&to=2026-03-01T07:00:00%2B00:00&bucket=hour{query}"
        );
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using HttpResponseMessage response = await _client.SendAsync(request, Stop);

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(
            "start,deliveredLow,deliveredHigh,webSeedBytes,directBytes,edgeBytes,edgeFillBytes,peerBytesLow,peerBytesHigh,offloadLow,offloadHigh,viewerUploadBytes,cdnBytes,edgeMetadataBytes,edgeOverheadBytes,wasteBytes,lateBytes\r\n"
                + "2026-03-01T05:00:00Z,10000000,12000000,3000000,1000000,2000000,4000000,5000000,7000000,0.5,0.583333,6000000,0,100000,200000,300000,0\r\n"
                + "2026-03-01T06:00:00Z,20000000,24000000,6000000,2000000,4000000,8000000,10000000,14000000,0.5,0.583333,12000000,0,200000,400000,600000,0\r\n",
            await response.Content.ReadAsStringAsync(Stop)
        );
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("*/*")]
    [InlineData("application/json, text/csv;q=0.9")]
    public async Task Json_comes_otherwise(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/report");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using HttpResponseMessage response = await _client.SendAsync(request, Stop);

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("to=2026-13-01")]
    [InlineData("from=2026-03-02&to=2026-03-01")]
    [InlineData("bucket=minute")]
    [InlineData("format=xml")]
    [InlineData("from=2020-01-01&to=2026-01-01&bucket=hour")]
    [InlineData("from=0001-01-01")]
    [InlineData("to=9999-12-31T23:59:59Z")]
    public async Task A_range_that_makes_no_sense_is_refused(string query)
    {
        using HttpResponseMessage response = await _client.GetAsync($"/api/v1/report?{query}", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement problem = await Problem.AssertAsync(response, "invalid-request");
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    public void Dispose() => _client.Dispose();

    // The range is widened to whole hours on both sides.
    private static TimeSpan Rounding(ReportQuery query) =>
        query.To - query.From > TimeSpan.FromDays(30) ? TimeSpan.FromHours(1) : TimeSpan.Zero;
}
