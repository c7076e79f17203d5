using System.Net;
using System.Text.Json;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

/// <summary>On a host of its own, because it counts all files.</summary>
public sealed class FileListTests(PortalHost host) : IClassFixture<PortalHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_lead_through_all_files_newest_first()
    {
        using HttpClient client = host.Client(host.ApiKey);
        using PortalSession session = await PortalSession.SignedInAsync(host);
        JsonElement empty = await client.GetFromJsonAsync<JsonElement>("/api/v1/files", Stop);
        Assert.Equal("""{"items":[],"nextCursor":null}""", empty.GetRawText());
        string start = await session.Client.GetStringAsync("/", Stop);
        Assert.Contains("Upload your first file", start, StringComparison.Ordinal);

        List<string> expected = [.. Enumerable.Range(0, 60).Select(_ => host.Store.Add().Id).Reverse()];
        host.Store.Add(publisherId: "somebody-else");

        var seen = new List<string>();
        int pages = 0;
        for (string? cursor = null; pages == 0 || cursor is not null; pages++)
        {
            string query = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            JsonElement page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/files?limit=25{query}", Stop);
            seen.AddRange(
                page.GetProperty("items").EnumerateArray().Select(file => file.GetProperty("id").GetString()!)
            );
            cursor = page.GetProperty("nextCursor").GetString();
        }
        Assert.Equal(3, pages);
        Assert.Equal(expected, seen);
        JsonElement byDefault = await client.GetFromJsonAsync<JsonElement>("/api/v1/files", Stop);
        Assert.Equal(50, byDefault.GetProperty("items").GetArrayLength());
        await AssertPortalPagesAsync(session, expected);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=99999999999999")]
    public async Task A_limit_out_of_bounds_is_refused(string query)
    {
        using HttpClient client = host.Client(host.ApiKey);

        using HttpResponseMessage response = await client.GetAsync($"/api/v1/files?{query}", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await Problem.AssertAsync(response, "invalid-request");
    }

    private static async Task AssertPortalPagesAsync(PortalSession session, List<string> expected)
    {
        string first = await session.Client.GetStringAsync("/", Stop);
        Assert.Contains($"/files/{expected[0]}\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain($"/files/{expected[25]}\"", first, StringComparison.Ordinal);
        string older = $"/?cursor={expected[24]}";
        Assert.Contains($"href=\"{older}\"", first, StringComparison.Ordinal);
        string second = await session.Client.GetStringAsync(older, Stop);
        Assert.Contains($"/files/{expected[25]}\"", second, StringComparison.Ordinal);
    }
}
