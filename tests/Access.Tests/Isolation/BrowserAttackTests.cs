using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Isolation;

/// <summary>What other sites and hostile texts try to do to a browser that is signed in.</summary>
public class BrowserAttackTests(ServerHost host)
{
    private const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Another_sites_page_changes_nothing(string header, string value)
    {
        using PortalBrowser owner = await PortalBrowser.OperatorAsync(host);
        IEnumerable<EndpointRow> changes = EndpointTable.Rows.Where(row =>
            row.Method is not ("GET" or "HEAD" or "OPTIONS") && row.Access is not (Access.Public or Access.Edge)
        );
        foreach (EndpointRow row in changes)
        {
            string path = row
                .Path.Replace("{id}", new string('0', 32), StringComparison.OrdinalIgnoreCase)
                .Replace("{delivery}", "x", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(new HttpMethod(row.Method), path);
            request.Headers.TryAddWithoutValidation(header, value);
            request.Content = row.IsApi
                ? JsonContent.Create(new { role = "owner", name = "forged" })
                : new FormUrlEncodedContent([new("name", "forged")]);
            using HttpResponseMessage answer = await owner.Client.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{row}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        using PortalBrowser owner = await PortalBrowser.OperatorAsync(host);
        (string Path, string Form)[] forms =
        [
            ("/settings", "invite"),
            ("/settings/keys", "create"),
            ("/settings/webhooks", "create"),
            ("/settings/delivery", "delivery"),
            ("/server", "peers-off"),
            ("/server/edges", "token"),
            ("/server/publishers", "publisher"),
            ("/server/publishers", "quota-default"),
            ("/server/takedowns", "take-down"),
            ("/account", "everywhere"),
            ("/account", "password"),
            ("/sign-out", ""),
            ("/publisher", ""),
            ("/account/passkeys/options", ""),
            ("/sign-in/passkey", ""),
            ("/sign-in/passkey/options", ""),
            ("/sign-in/openid", ""),
        ];
        foreach ((string path, string form) in forms)
        {
            using var content = new FormUrlEncodedContent([new("_handler", form), new("name", "forged")]);
            using HttpResponseMessage answer = await owner.Client.PostAsync(path, content, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} {form}: {answer.StatusCode}");
        }
        Assert.True(await owner.IsInAsync());
    }

    [Fact]
    public async Task Texts_of_others_stay_texts_on_every_page()
    {
        using PortalBrowser owner = await PortalBrowser.OperatorAsync(host);
        using HttpClient api = host.Client(host.OperatorKey);
        string file = await host.PublishAsync("&lt;img src=x onerror=alert(3)&gt;.mp4", Script);
        await ServerHost.PostAsync(api, "/api/v1/invitations", new { role = "analyst", note = Script });
        await ServerHost.PostAsync(api, "/api/v1/keys", new { name = Script, scopes = new[] { "read" } });
        await ServerHost.PostAsync(api, "/api/v1/publishers", new { name = Script });
        JsonElement webhook = await ServerHost.PostAsync(
            api,
            "/api/v1/webhooks",
            new
            {
                url = $"https://example.org/?{Script}",
                note = Script,
                events = new[] { "statement.ready" },
            }
        );
        using HttpResponseMessage refused = await new PortalBrowser(host).SignInAsync(Script, "wrong");
        string[] pages =
        [
            "/",
            $"/files/{file}",
            $"/files/{file}/report",
            $"/watch/{file}",
            "/settings",
            "/settings/keys",
            "/settings/delivery",
            "/reference",
            "/settings/webhooks",
            $"/settings/webhooks/{webhook.GetProperty("id").GetString()}",
            "/settings/log",
            "/server",
            "/server/edges",
            "/server/publishers",
            "/server/takedowns?link=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/server/log",
            "/account",
            "/account?error=%3Cscript%3Ealert(1)%3C/script%3E",
            "/sign-in?error=%3Cscript%3Ealert(1)%3C/script%3E&returnUrl=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/report?from=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        ];
        foreach (string path in pages)
        {
            using HttpResponseMessage page = await owner.Client.GetAsync(path, Stop);
            Assert.True(page.StatusCode == HttpStatusCode.OK, $"{path}: {page.StatusCode}");
            string html = await page.Content.ReadAsStringAsync(Stop);
            Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", html, StringComparison.OrdinalIgnoreCase);
            string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task No_way_in_leads_to_another_site(string target)
    {
        using PortalBrowser member = await host.MemberAsync("analyst");
        string name = await NameAsync(member);
        using var browser = new PortalBrowser(host);
        string query = $"?returnUrl={Uri.EscapeDataString(target)}";

        using HttpResponseMessage byPassword = await browser.SubmitAsync(
            $"/sign-in{query}",
            "password",
            ("Name", name),
            ("Password", PortalBrowser.Password)
        );
        using HttpResponseMessage byLink = await browser.SubmitAsync($"{host.SignInUrl()}&{query[1..]}", "sign-in");
        string page = await browser.Client.GetStringAsync($"/sign-in{query}", Stop);

        Assert.Equal("/", byPassword.Headers.Location!.OriginalString);
        Assert.Equal("/", byLink.Headers.Location!.OriginalString);
        Assert.Contains("action=\"/sign-in/passkey?returnUrl=%2F\"", page, StringComparison.Ordinal);
        Assert.Contains("action=\"/sign-in/openid?returnUrl=%2F\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_can_be_framed_or_kept()
    {
        using PortalBrowser owner = await PortalBrowser.OperatorAsync(host);
        foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.IsPage))
        {
            using HttpResponseMessage page = await owner.Client.GetAsync(
                row.Path.Replace("{Id}", "x", StringComparison.Ordinal),
                Stop
            );
            if (page.Content.Headers.ContentType?.MediaType != "text/html")
                continue;
            Assert.Equal("DENY", Assert.Single(page.Headers.GetValues("X-Frame-Options")));
            Assert.Contains(
                "frame-ancestors 'none'",
                Assert.Single(page.Headers.GetValues("Content-Security-Policy")),
                StringComparison.Ordinal
            );
            Assert.True(page.Headers.CacheControl?.NoStore, $"{row} may be kept.");
        }
    }

    [Fact]
    public async Task Every_page_answers_HEAD_as_it_answers_GET()
    {
        using PortalBrowser owner = await PortalBrowser.OperatorAsync(host);
        foreach (EndpointRow row in EndpointTable.Rows.Where(row => row.IsPage && !row.Path.Contains('{')))
        {
            if (row.Path is "/announce" or "/scrape" or "/metrics" or "/theme.css" or "/sign-in/openid/done")
                continue;
            using HttpResponseMessage get = await owner.Client.GetAsync(row.Path, Stop);
            using HttpResponseMessage head = await owner.Client.SendAsync(
                new HttpRequestMessage(HttpMethod.Head, row.Path),
                Stop
            );
            Assert.True(get.StatusCode == head.StatusCode, $"{row}: {head.StatusCode}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        }
    }

    private static async Task<string> NameAsync(PortalBrowser member) =>
        (await member.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop)).GetProperty("name").GetString()!;
}
