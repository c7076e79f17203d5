using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

public class TakedownTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_takedown_is_confirmed_closes_every_link_and_can_be_undone()
    {
        using PortalBrowser editor = await host.MemberAsync("editor");
        string file = await host.PublishAsync("down.mp4", "down");
        using HttpClient viewer = host.Client();
        string[] links = [$"/download/{file}/down.mp4", $"/torrents/{file}.torrent", $"/watch/{file}"];
        Assert.All(await StatusesAsync(viewer, links), status => Assert.Equal(HttpStatusCode.OK, status));

        using HttpResponseMessage down = await editor.SubmitAsync($"/files/{file}", "unpublish");

        Assert.Equal($"/files/{file}?saved=unpublished", down.Headers.Location?.OriginalString);
        await BecomeAsync(viewer, links, HttpStatusCode.Gone, HttpStatusCode.Gone, HttpStatusCode.NotFound);

        using HttpResponseMessage back = await editor.SubmitAsync($"/files/{file}", "restore");

        Assert.Equal($"/files/{file}?saved=restored", back.Headers.Location?.OriginalString);
        await BecomeAsync(viewer, links, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK);
        JsonElement swarm = await editor.Client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/swarm", Stop);
        Assert.Equal(0, swarm.GetProperty("leechers").GetInt32());
    }

    [Fact]
    public async Task An_analyst_sees_no_form_and_a_forged_one_does_nothing()
    {
        string file = await host.PublishAsync("stays.mp4", "stays");
        using PortalBrowser analyst = await host.MemberAsync("analyst");
        string page = await analyst.Client.GetStringAsync($"/files/{file}", Stop);
        Assert.DoesNotContain("Unpublish", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"settings\"", page, StringComparison.Ordinal);
        using PortalBrowser editor = await host.MemberAsync("editor");
        string token = System
            .Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")
            .Groups[1]
            .Value;

        using var form = new FormUrlEncodedContent([
            new("_handler", "unpublish"),
            new("__RequestVerificationToken", token),
        ]);
        using HttpResponseMessage answer = await analyst.Client.PostAsync($"/files/{file}", form, Stop);

        Assert.False(answer.IsSuccessStatusCode);
        JsonElement still = await editor.Client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop);
        Assert.Equal("published", still.GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_same_content_of_two_publishers_is_two_swarms()
    {
        string content = $"same {Guid.NewGuid():N}";
        string mine = await host.PublishAsync("same.mp4", "mine", content: content);
        string theirs = await host.PublishAsync("same.mp4", "theirs", host.OtherOwnerKey, content);

        using HttpClient owner = host.Client(host.OperatorKey);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        JsonElement first = await owner.GetFromJsonAsync<JsonElement>($"/api/v1/files/{mine}", Stop);
        JsonElement second = await other.GetFromJsonAsync<JsonElement>($"/api/v1/files/{theirs}", Stop);

        Assert.Equal(first.GetProperty("sha256").GetString(), second.GetProperty("sha256").GetString());
        Assert.NotEqual(first.GetProperty("infoHash").GetString(), second.GetProperty("infoHash").GetString());
    }

    /// <summary>The web seed looks at a file's state once a second.</summary>
    private static async Task BecomeAsync(HttpClient viewer, string[] links, params HttpStatusCode[] expected)
    {
        HttpStatusCode[] last = [];
        for (int tries = 0; tries < 200; tries++)
        {
            last = await StatusesAsync(viewer, links);
            if (last.SequenceEqual(expected))
                return;
            await Task.Delay(50, Stop);
        }
        Assert.Equal(expected, last);
    }

    private static async Task<HttpStatusCode[]> StatusesAsync(HttpClient viewer, string[] links)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (string link in links)
        {
            using HttpResponseMessage answer = await viewer.GetAsync(link, Stop);
            statuses.Add(answer.StatusCode);
        }
        return [.. statuses];
    }
}
