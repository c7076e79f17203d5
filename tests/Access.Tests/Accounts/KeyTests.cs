using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

public class KeyTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_shown_once_and_its_use_is_noted()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement made = await ServerHost.PostAsync(
            owner,
            "/api/v1/keys",
            new
            {
                name = "nightly",
                scopes = new[] { "read" },
                lifetimeDays = 30,
            }
        );
        string secret = made.GetProperty("secret").GetString()!;
        Assert.Equal(JsonValueKind.Null, made.GetProperty("lastUsedAt").ValueKind);
        using HttpClient program = host.Client(secret);

        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/report", Stop)).StatusCode);

        string list = await owner.GetStringAsync("/api/v1/keys", Stop);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        JsonElement key = Find(list, made.GetProperty("id").GetString()!);
        Assert.Equal(secret[..14], key.GetProperty("prefix").GetString());
        Assert.Equal(JsonValueKind.Null, key.GetProperty("secret").ValueKind);
        DateTimeOffset used = key.GetProperty("lastUsedAt").GetDateTimeOffset();
        Assert.InRange(TimeProvider.System.GetUtcNow() - used, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        DateTimeOffset ends = key.GetProperty("expiresAt").GetDateTimeOffset();
        Assert.InRange(ends - used, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30.1));
    }

    [Fact]
    public async Task A_rotated_key_has_a_new_secret_and_the_old_one_for_a_day()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement made = await ServerHost.PostAsync(
            owner,
            "/api/v1/keys",
            new { name = "rotating", scopes = new[] { "read", "upload" } }
        );
        string id = made.GetProperty("id").GetString()!;

        JsonElement next = await ServerHost.PostAsync(owner, $"/api/v1/keys/{id}/rotate", new { });

        string[] secrets = [made.GetProperty("secret").GetString()!, next.GetProperty("secret").GetString()!];
        Assert.Equal(2, secrets.Distinct().Count());
        foreach (string secret in secrets)
        {
            using HttpClient program = host.Client(secret);
            Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/files", Stop)).StatusCode);
        }
        string list = await owner.GetStringAsync("/api/v1/keys", Stop);
        TimeSpan left = Find(list, id).GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        Assert.Equal(JsonValueKind.Null, next.GetProperty("expiresAt").ValueKind);
        Assert.Equal(
            made.GetProperty("scopes").GetRawText(),
            Find(list, next.GetProperty("id").GetString()!).GetProperty("scopes").GetRawText()
        );
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["read"]}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["read","operate"]}""")]
    [InlineData("""{"name":"x","scopes":["edge"]}""")]
    [InlineData("""{"name":"x","scopes":["read"],"lifetimeDays":0}""")]
    [InlineData("""{"name":"x","scopes":["read"],"lifetimeDays":99999}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    public async Task A_wish_that_cannot_be_had_is_a_problem(string body)
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await owner.PostAsync("/api/v1/keys", content, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Nobody_gives_a_key_more_than_they_may()
    {
        using HttpClient limited = host.Client(await host.KeyAsync("administer"));

        using HttpResponseMessage answer = await limited.PostAsJsonAsync(
            "/api/v1/keys",
            new { name = "more", scopes = new[] { "administer", "upload" } },
            Stop
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("more than they may", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_makes_shows_and_revokes_a_key()
    {
        using PortalBrowser owner = await host.MemberAsync("owner");
        using HttpResponseMessage made = await owner.SubmitAsync(
            "/settings/keys",
            "create",
            ("name", "from the page"),
            ("scope", "read"),
            ("days", "30")
        );
        string page = await made.Content.ReadAsStringAsync(Stop);
        string secret = System.Text.RegularExpressions.Regex.Match(page, "dst_key_[A-Za-z0-9_-]{43}").Value;
        using HttpClient program = host.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/files", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/api/v1/keys", Stop)).StatusCode);
        JsonElement keys = await owner.Client.GetFromJsonAsync<JsonElement>("/api/v1/keys", Stop);
        string id = keys.GetProperty("items")
            .EnumerateArray()
            .First(key => secret.StartsWith(key.GetProperty("prefix").GetString()!, StringComparison.Ordinal))
            .GetProperty("id")
            .GetString()!;

        using HttpResponseMessage revoked = await owner.SubmitAsync("/settings/keys", $"revoke-{id}");

        Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/files", Stop)).StatusCode);
        Assert.DoesNotContain(
            secret,
            await owner.Client.GetStringAsync("/settings/keys", Stop),
            StringComparison.Ordinal
        );
    }

    private static JsonElement Find(string list, string id) =>
        JsonDocument
            .Parse(list)
            .RootElement.GetProperty("items")
            .EnumerateArray()
            .First(key => key.GetProperty("id").GetString() == id);
}
