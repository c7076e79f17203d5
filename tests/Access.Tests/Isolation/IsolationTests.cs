using System.Net;
using System.Text;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Isolation;

public class IsolationTests(ServerHost host)
{
    private const string NoSuchId = "00000000000000000000000000000000";

    private static readonly string[] AllScopes = ["read", "upload", "manage", "administer"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_endpoint_has_a_row_and_every_row_an_endpoint()
    {
        string[] there = [.. host.Endpoints.SelectMany(Describe).Distinct().Order(StringComparer.Ordinal)];
        string[] rows = [.. EndpointTable.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)];

        Assert.Empty(there.Except(rows));
        Assert.Empty(rows.Except(there));
    }

    [Fact]
    public async Task Without_credentials_nothing_but_the_public_opens()
    {
        using HttpClient nobody = host.Client();
        foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.Access != Access.Public))
        {
            using HttpResponseMessage answer = await SendAsync(nobody, row, NoSuchId);
            if (row.IsApi)
                await AssertProblemAsync(row, answer, HttpStatusCode.Unauthorized, "unauthorized");
            else if (row.IsPage)
            {
                Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{row}: {answer.StatusCode}");
                Assert.StartsWith("/sign-in?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
            }
            else
                AssertRefused(row, answer);
        }
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing()
    {
        string secret = await host.KeyAsync(AllScopes);
        using HttpClient revoked = host.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await revoked.GetAsync("/api/v1/files", Stop)).StatusCode);
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement keys = await owner.GetFromJsonAsync<JsonElement>("/api/v1/keys", Stop);
        string id = keys.GetProperty("items")
            .EnumerateArray()
            .First(key => secret.StartsWith(key.GetProperty("prefix").GetString()!, StringComparison.Ordinal))
            .GetProperty("id")
            .GetString()!;
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/v1/keys/{id}", Stop)).StatusCode);

        foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.Access != Access.Public))
        {
            using HttpResponseMessage answer = await SendAsync(revoked, row, NoSuchId);
            if (row.IsApi)
                await AssertProblemAsync(row, answer, HttpStatusCode.Unauthorized, "unauthorized");
            else
                AssertRefused(row, answer);
        }
    }

    [Fact]
    public async Task A_key_opens_nothing_that_it_was_not_given()
    {
        var without = new Dictionary<Access, string>();
        foreach (Access access in new[] { Access.Read, Access.Upload, Access.Manage, Access.Administer })
            without[access] = await host.KeyAsync([.. AllScopes.Where(scope => scope != Word(access))]);
        without[Access.Operate] = await host.KeyAsync(AllScopes);
        without[Access.Edge] = host.OperatorKey;
        // A key is a publisher's, and no person's, whatever it was given.
        without[Access.Account] = host.OperatorKey;
        foreach (EndpointRow row in EndpointTable.Rows)
        {
            if (!without.TryGetValue(row.Access, out string? key) || row is { Access: Access.Account, IsApi: false })
                continue;
            using HttpClient caller = host.Client(key);
            using HttpResponseMessage answer = await SendAsync(caller, row, NoSuchId);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{row}: {answer.StatusCode}");
            using HttpClient edge = host.Client(host.EdgeKey);
            if (row.Access == Access.Edge)
                continue;
            using HttpResponseMessage toEdge = await SendAsync(edge, row, NoSuchId);
            Assert.True(toEdge.StatusCode == HttpStatusCode.Forbidden, $"an edge, {row}: {toEdge.StatusCode}");
        }
    }

    [Theory]
    [InlineData("analyst", Access.Read)]
    [InlineData("editor", Access.Read, Access.Upload, Access.Manage)]
    [InlineData("owner", Access.Read, Access.Upload, Access.Manage, Access.Administer)]
    public async Task A_member_opens_what_the_role_allows_and_nothing_else(string role, params Access[] allowed)
    {
        using PortalBrowser member = await host.MemberAsync(role);
        foreach (
            EndpointRow row in EndpointTable.Rows.Where(row => row.Access is not (Access.Public or Access.Account))
        )
        {
            using HttpResponseMessage answer = await SendAsync(member.Client, row, NoSuchId, host.BaseUrl);
            bool isForbidden = answer.StatusCode == HttpStatusCode.Forbidden;
            Assert.True(isForbidden != allowed.Contains(row.Access), $"{role}, {row}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Another_publishers_things_are_not_there_and_stay_as_they_are()
    {
        string secretTitle = $"secret {Guid.NewGuid():N}";
        using HttpClient owner = host.Client(host.OperatorKey);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        string file = await host.PublishAsync("mine.mp4", secretTitle);
        JsonElement invitation = await ServerHost.PostAsync(
            owner,
            "/api/v1/invitations",
            new { role = "analyst", note = secretTitle }
        );
        JsonElement key = await ServerHost.PostAsync(
            owner,
            "/api/v1/keys",
            new { name = secretTitle, scopes = new[] { "read" } }
        );
        JsonElement webhook = await ServerHost.PostAsync(
            owner,
            "/api/v1/webhooks",
            new
            {
                url = "https://example.org/",
                note = secretTitle,
                events = new[] { "statement.ready" },
            }
        );
        using PortalBrowser member = await host.MemberAsync("analyst");
        JsonElement members = await owner.GetFromJsonAsync<JsonElement>("/api/v1/members", Stop);
        var ids = new Dictionary<string, string>
        {
            ["file"] = file,
            ["upload"] = await ServerHost.BeginUploadAsync(owner, "open.mp4", secretTitle, 9),
            ["import"] = file,
            ["member"] = members.GetProperty("items").EnumerateArray().Last().GetProperty("id").GetString()!,
            ["invitation"] = invitation.GetProperty("id").GetString()!,
            ["key"] = key.GetProperty("id").GetString()!,
            ["webhook"] = webhook.GetProperty("id").GetString()!,
        };
        string before = await StateAsync(owner, ids.Values);

        foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.Subject is not null))
        {
            string id = ids[row.Subject!];
            using HttpResponseMessage answer = await SendAsync(other, row, id);
            HttpStatusCode expected =
                !row.IsApi && row.Method == "POST" ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound;
            Assert.True(answer.StatusCode == expected, $"{row}: {answer.StatusCode}");
            using HttpResponseMessage unknown = await SendAsync(other, row, NoSuchId);
            // What is another's and what is nowhere look the same, but for the id itself.
            Assert.Equal(
                WithoutIds(await unknown.Content.ReadAsStringAsync(Stop), NoSuchId),
                WithoutIds(await answer.Content.ReadAsStringAsync(Stop), id)
            );
        }
        foreach (
            EndpointRow row in EndpointTable.Rows.Where(row =>
                row is { Method: "GET", Subject: null, Access: not Access.Public }
            )
        )
        {
            using HttpResponseMessage answer = await SendAsync(other, row, NoSuchId);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.DoesNotContain(secretTitle, text, StringComparison.Ordinal);
            Assert.All(ids.Values, id => Assert.DoesNotContain(id, text, StringComparison.Ordinal));
        }

        Assert.Equal(before, await StateAsync(owner, ids.Values));
    }

    [Fact]
    public async Task A_part_of_another_publishers_upload_cannot_be_used()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Concat", "partial");
        create.Headers.Add("Upload-Length", "0");
        using HttpResponseMessage part = await owner.SendAsync(create, Stop);
        Assert.Equal(HttpStatusCode.Created, part.StatusCode);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        using var join = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        join.Headers.Add("Tus-Resumable", "1.0.0");
        join.Headers.Add("Upload-Concat", $"final;{part.Headers.Location!.OriginalString}");
        join.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String("a.mp4"u8)}");

        using HttpResponseMessage joined = await other.SendAsync(join, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, joined.StatusCode);
    }

    [Fact]
    public async Task Another_publishers_file_gets_no_new_version()
    {
        string file = await host.PublishAsync("owned.mp4", "owned");
        using HttpClient owner = host.Client(host.OperatorKey);
        using HttpClient other = host.Client(host.OtherOwnerKey);

        foreach (
            (HttpClient publisher, HttpStatusCode expected) in new[]
            {
                (other, HttpStatusCode.BadRequest),
                (owner, HttpStatusCode.Created),
            }
        )
        {
            using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
            create.Headers.Add("Tus-Resumable", "1.0.0");
            create.Headers.Add("Upload-Length", "9");
            create.Headers.Add(
                "Upload-Metadata",
                $"filename {Convert.ToBase64String("a.mp4"u8)},replaces {Convert.ToBase64String(Encoding.UTF8.GetBytes(file))}"
            );
            using HttpResponseMessage created = await publisher.SendAsync(create, Stop);
            Assert.Equal(expected, created.StatusCode);
        }
    }

    [Fact]
    public async Task Another_publisher_reaches_no_file_of_the_server()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);

        using HttpResponseMessage answer = await other.PostAsJsonAsync(
            "/api/v1/imports",
            new { source = new { path = "/etc/hostname" } },
            Stop
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(
            "its own publisher only",
            await answer.Content.ReadAsStringAsync(Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_that_only_uploads_takes_nothing_down()
    {
        string key = await host.KeyAsync("upload", "read");
        string file = await host.PublishAsync("kept.mp4", "kept", key);
        using HttpClient uploader = host.Client(key);
        using var end = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/uploads/{file}");
        end.Headers.Add("Tus-Resumable", "1.0.0");

        using HttpResponseMessage ended = await uploader.SendAsync(end, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, ended.StatusCode);
        JsonElement still = await uploader.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop);
        Assert.Equal("published", still.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Ids_and_secrets_are_long_and_random()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        var ids = new HashSet<string>();
        for (int i = 0; i < 8; i++)
            ids.Add(await ServerHost.BeginUploadAsync(owner, "x.mp4", "x", 3));
        Assert.Equal(8, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
        // Of 8 times 32 random digits no two ids share their first eight, nor is one near the next.
        Assert.Equal(8, ids.Select(id => id[..8]).Distinct().Count());
        Assert.Matches("^dst_key_[A-Za-z0-9_-]{43}$", await host.KeyAsync("read"));
        Assert.Matches("^[0-9a-f]{32}$", host.OtherPublisherId);
    }

    private static IEnumerable<string> Describe(RouteEndpoint endpoint)
    {
        string path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        IReadOnlyList<string> methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"];
        // Files of the build: scripts, styles, fonts.
        if (endpoint.Metadata.Any(part => part.GetType().Name == "StaticAssetDescriptor"))
            yield break;
        if (path.StartsWith("/theme.", StringComparison.Ordinal))
            path = "/theme.css";
        foreach (string method in methods)
        {
            // HEAD is GET without its body, where both are there.
            if (method == "HEAD" && methods.Contains("GET"))
                continue;
            if (method != "*")
                yield return $"{method} {path}";
            else
            {
                foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.Path == path))
                    yield return row.ToString();
                if (EndpointTable.Rows.All(row => row.Path != path))
                    yield return $"* {path}";
            }
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        EndpointRow row,
        string id,
        string? origin = null
    )
    {
        string path = row
            .Path.Replace("{id}", id, StringComparison.OrdinalIgnoreCase)
            .Replace("{node}", "n", StringComparison.Ordinal)
            .Replace("{delivery}", NoSuchId, StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(row.Method), path);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (row.Method is "POST" or "PATCH")
        {
            request.Content = row switch
            {
                { IsApi: false } => new FormUrlEncodedContent([]),
                { Path: "/api/v1/uploads/{id}" } => new StringContent(
                    "",
                    Encoding.UTF8,
                    "application/offset+octet-stream"
                ),
                { Subject: "file" } => JsonContent.Create(new { title = "taken" }),
                { Subject: "member" } => JsonContent.Create(new { role = "owner" }),
                _ => JsonContent.Create(
                    new
                    {
                        role = "analyst",
                        name = "made",
                        scopes = new[] { "read" },
                    }
                ),
            };
            if (row.Path == "/api/v1/uploads/{id}")
                request.Content.Headers.ContentType!.CharSet = null;
        }
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    private static void AssertRefused(EndpointRow row, HttpResponseMessage answer) =>
        Assert.True(
            answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Redirect or HttpStatusCode.BadRequest,
            $"{row}: {answer.StatusCode}"
        );

    private static async Task AssertProblemAsync(
        EndpointRow row,
        HttpResponseMessage answer,
        HttpStatusCode status,
        string name
    )
    {
        Assert.True(answer.StatusCode == status, $"{row}: {answer.StatusCode}");
        if (row.Method == "HEAD")
            return;
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal($"urn:distribution:problem:{name}", problem.GetProperty("type").GetString());
    }

    private static async Task<string> StateAsync(HttpClient owner, IReadOnlyCollection<string> ids)
    {
        var all = new StringBuilder();
        foreach (string path in new[] { "files?limit=200", "members", "invitations", "keys", "webhooks" })
        {
            JsonElement list = await owner.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", Stop);
            foreach (JsonElement item in list.GetProperty("items").EnumerateArray())
            {
                // Other tests have theirs beside.
                if (!ids.Contains(item.GetProperty("id").GetString()!))
                    continue;
                foreach (
                    string part in new[]
                    {
                        "id",
                        "title",
                        "state",
                        "policy",
                        "role",
                        "prefix",
                        "expiresAt",
                        "url",
                        "enabled",
                    }
                )
                    all.Append(item.TryGetProperty(part, out JsonElement value) ? value.ToString() : "").Append('|');
                all.Append('\n');
            }
        }
        return all.ToString();
    }

    private static string WithoutIds(string text, string id)
    {
        text = text.Replace(id, "ID", StringComparison.Ordinal);
        int trace = text.IndexOf("\"traceId\"", StringComparison.Ordinal);
        return trace < 0 ? text : text[..trace];
    }

    private static string Word(Access access) => access.ToString().ToLowerInvariant();
}
