using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;
using static Distribution.Access.Tests.Hosting.Conditional;

namespace Distribution.Access.Tests.Api;

/// <summary>ETag, If-None-Match and If-Match (RFC 9110) on what can be changed.</summary>
public class ConditionTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_known_already_is_not_sent_again()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string file = await host.PublishAsync("known.mp4", "known");
        foreach (string path in new[] { $"/api/v1/files/{file}", "/api/v1/contracts", "/api/v1/access" })
        {
            using HttpResponseMessage first = await owner.GetAsync(path, Stop);
            string tag = first.Headers.ETag!.ToString();
            Assert.False(first.Headers.ETag.IsWeak);

            using HttpResponseMessage again = await SendAsync(owner, HttpMethod.Get, path, "If-None-Match", tag);
            using HttpResponseMessage other = await SendAsync(
                owner,
                HttpMethod.Get,
                path,
                "If-None-Match",
                "\"other\""
            );

            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(tag, again.Headers.ETag!.ToString());
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(Stop));
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Fact]
    public async Task Of_two_who_change_a_file_as_they_read_it_one_is_told()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string path = $"/api/v1/files/{await host.PublishAsync("two.mp4", "two")}";
        string tag = await TagAsync(owner, path);

        HttpResponseMessage[] answers = await Task.WhenAll(
            SendAsync(owner, HttpMethod.Patch, path, "If-Match", tag, new { title = "the one" }),
            SendAsync(owner, HttpMethod.Patch, path, "If-Match", tag, new { title = "the other" })
        );

        HttpResponseMessage done = Assert.Single(answers, one => one.StatusCode == HttpStatusCode.OK);
        await AssertChangedAsync(Assert.Single(answers, one => one != done));
        Assert.Equal(await TagAsync(owner, path), done.Headers.ETag!.ToString());
        using HttpResponseMessage stale = await SendAsync(owner, HttpMethod.Delete, path, "If-Match", tag);
        await AssertChangedAsync(stale);
        using HttpResponseMessage weak = await SendAsync(
            owner,
            HttpMethod.Delete,
            path,
            "If-Match",
            "W/" + done.Headers.ETag
        );
        await AssertChangedAsync(weak);
        using HttpResponseMessage rubbish = await SendAsync(owner, HttpMethod.Delete, path, "If-Match", "no quotes");
        Assert.Equal(HttpStatusCode.BadRequest, rubbish.StatusCode);
        using HttpResponseMessage any = await SendAsync(owner, HttpMethod.Delete, path, "If-Match", "*");
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
    }

    [Fact]
    public async Task Members_keys_and_invitations_are_changed_as_they_were_read()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement invitation = await ServerHost.PostAsync(owner, "/api/v1/invitations", new { role = "analyst" });
        JsonElement key = await ServerHost.PostAsync(
            owner,
            "/api/v1/keys",
            new { name = "conditional", scopes = new[] { "read" } }
        );
        using PortalBrowser member = await host.MemberAsync("analyst");
        string memberPath = $"/api/v1/members/{await host.AccountIdAsync(member)}";
        string memberTag = await TagAsync(owner, memberPath);
        string[] paths =
        [
            memberPath,
            $"/api/v1/invitations/{invitation.GetProperty("id").GetString()}",
            $"/api/v1/keys/{key.GetProperty("id").GetString()}",
        ];
        using HttpResponseMessage promoted = await SendAsync(
            owner,
            HttpMethod.Patch,
            memberPath,
            "If-Match",
            memberTag,
            new { role = "editor" }
        );
        Assert.Equal(HttpStatusCode.NoContent, promoted.StatusCode);
        foreach (string path in paths)
        {
            using HttpResponseMessage stale = await SendAsync(owner, HttpMethod.Delete, path, "If-Match", memberTag);
            await AssertChangedAsync(stale);
            using HttpResponseMessage gone = await SendAsync(
                owner,
                HttpMethod.Delete,
                path,
                "If-Match",
                await TagAsync(owner, path)
            );
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync(path, Stop)).StatusCode);
        }
    }

    [Fact]
    public async Task What_is_replaced_whole_is_replaced_as_it_was_read()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        using HttpClient operators = host.Client(host.OperatorKey);
        string one = await host.PublishAsync("one.mp4", "one", host.OtherOwnerKey);
        string two = await host.PublishAsync("two.mp4", "two", host.OtherOwnerKey);
        const string collection = "/api/v1/collections/tagged";
        (HttpClient Client, HttpMethod Method, string Path, object First, object Second)[] changes =
        [
            (other, HttpMethod.Put, "/api/v1/holdout", new { percent = 5 }, new { percent = 0 }),
            (other, HttpMethod.Put, collection, new { files = new[] { one } }, new { files = new[] { one, two } }),
            (
                operators,
                HttpMethod.Patch,
                $"/api/v1/publishers/{host.OtherPublisherId}",
                new { quotaBytes = 1_000_000_000_000 },
                new { quotaBytes = -1 }
            ),
        ];
        foreach ((HttpClient client, HttpMethod method, string path, object first, object second) in changes)
        {
            using HttpResponseMessage made = await SendAsync(client, method, path, "If-None-Match", "\"x\"", first);
            string tag = made.Headers.ETag!.ToString();
            using HttpResponseMessage changed = await SendAsync(client, method, path, "If-Match", tag, second);
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            using HttpResponseMessage stale = await SendAsync(client, method, path, "If-Match", tag, first);
            await AssertChangedAsync(stale);
        }
        using HttpResponseMessage kept = await SendAsync(other, HttpMethod.Delete, collection, "If-Match", "\"x\"");
        await AssertChangedAsync(kept);
        string read = await TagAsync(other, collection);
        using HttpResponseMessage gone = await SendAsync(other, HttpMethod.Delete, collection, "If-Match", read);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using HttpResponseMessage late = await SendAsync(
            other,
            HttpMethod.Put,
            collection,
            "If-Match",
            read,
            new { files = new[] { one } }
        );
        await AssertChangedAsync(late);
        // Of the server's switch the value stays as it is: other tests have swarms.
        const string peers = "/api/v1/server/peers";
        using HttpResponseMessage refused = await SendAsync(
            operators,
            HttpMethod.Put,
            peers,
            "If-Match",
            "\"x\"",
            new { off = false }
        );
        await AssertChangedAsync(refused);
        using HttpResponseMessage same = await SendAsync(
            operators,
            HttpMethod.Put,
            peers,
            "If-Match",
            await TagAsync(operators, peers),
            new { off = false }
        );
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        using HttpClient otherOwner = host.Client(host.OtherOwnerKey);
        await otherOwner.DeleteAsync($"/api/v1/files/{one}", Stop);
        using HttpResponseMessage down = await SendAsync(
            operators,
            HttpMethod.Delete,
            $"/api/v1/server/takedowns/{one}",
            "If-Match",
            "\"x\""
        );
        await AssertChangedAsync(down);
    }

    [Fact]
    public async Task Lists_come_in_pages_that_miss_and_repeat_nothing()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        var made = new HashSet<string>();
        for (int i = 0; i < 5; i++)
        {
            JsonElement invitation = await ServerHost.PostAsync(other, "/api/v1/invitations", new { role = "analyst" });
            made.Add(invitation.GetProperty("id").GetString()!);
        }
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            JsonElement page = await other.GetFromJsonAsync<JsonElement>(
                $"/api/v1/invitations?limit=2&cursor={cursor}",
                Stop
            );
            JsonElement[] items = [.. page.GetProperty("items").EnumerateArray()];
            Assert.InRange(items.Length, 1, 2);
            seen.AddRange(items.Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
            // What the cursor was made of may be gone by the time that it is used.
            using HttpResponseMessage gone = await other.DeleteAsync($"/api/v1/invitations/{seen[^1]}", Stop);
        } while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Superset(made, seen.ToHashSet());
        foreach (string query in new[] { "limit=0", "limit=201", "limit=x", "cursor=%25%25" })
        {
            foreach (string list in new[] { "invitations", "members", "keys" })
            {
                using HttpResponseMessage refused = await other.GetAsync($"/api/v1/{list}?{query}", Stop);
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            }
        }
    }

    private static async Task AssertChangedAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal("urn:distribution:problem:changed-meanwhile", problem.GetProperty("type").GetString());
    }
}
