using System.Net;
using System.Text.Json;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Access;

public class SignInTests(PortalHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_signs_in_once()
    {
        string url = host.SignInLinks.Create().Url;
        using var first = new PortalSession(host);
        using var second = new PortalSession(host);

        using HttpResponseMessage used = await first.UseAsync(url);

        Assert.Equal(HttpStatusCode.SeeOther, used.StatusCode);
        Assert.Equal("/", used.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await first.Client.GetAsync("/", Stop)).StatusCode);
        string again = await second.Client.GetStringAsync(url, Stop);
        Assert.Contains("has been used already", again, StringComparison.Ordinal);
        Assert.DoesNotContain("data-auto-submit", again, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await second.Client.GetAsync("/", Stop)).StatusCode);
    }

    [Fact]
    public async Task Two_browsers_with_the_page_open_cannot_both_use_it()
    {
        string url = host.SignInLinks.Create().Url;
        using var first = new PortalSession(host);
        using var second = new PortalSession(host);

        using FormUrlEncodedContent firstForm = await first.OpenFormAsync(url, name: "sign-in");
        using FormUrlEncodedContent secondForm = await second.OpenFormAsync(url, name: "sign-in");

        HttpResponseMessage[] answers = await Task.WhenAll(
            first.Client.PostAsync(url, firstForm, Stop),
            second.Client.PostAsync(url, secondForm, Stop)
        );

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        Assert.Single(new[] { first, second }, session => session.Cookies.Any(cookie => cookie.Name == "distribution"));
    }

    [Fact]
    public async Task A_previewer_that_only_looks_does_not_burn_the_link()
    {
        string url = host.SignInLinks.Create().Url;
        using HttpClient previewer = host.Client();
        for (int i = 0; i < 3; i++)
            Assert.Contains("data-auto-submit", await previewer.GetStringAsync(url, Stop), StringComparison.Ordinal);

        using var session = new PortalSession(host);
        using HttpResponseMessage used = await session.UseAsync(url);

        Assert.Equal(HttpStatusCode.SeeOther, used.StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites()
    {
        string url = host.SignInLinks.Create().Url;
        using var session = new PortalSession(host);

        using HttpResponseMessage used = await session.UseAsync(url);

        string cookie = Assert.Single(
            used.Headers.GetValues("Set-Cookie"),
            value => value.StartsWith("distribution=", StringComparison.Ordinal)
        );
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/report", "/report")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    public async Task Signing_in_leads_on_to_our_own_pages_only(string returnUrl, string target)
    {
        string url = $"{host.SignInLinks.Create().Url}&returnUrl={Uri.EscapeDataString(returnUrl)}";
        using var session = new PortalSession(host);

        using HttpResponseMessage used = await session.UseAsync(url);

        Assert.Equal(target, used.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_form_needs_its_antiforgery_token()
    {
        string url = host.SignInLinks.Create().Url;
        string token = url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using HttpClient client = host.Client();
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["_handler"] = "sign-in", ["UsedToken"] = token }
        );

        using HttpResponseMessage response = await client.PostAsync(url, form, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_needs_the_form()
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using HttpResponseMessage forged = await session.Client.PostAsync("/sign-out", null, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await session.Client.GetAsync("/", Stop)).StatusCode);

        using HttpResponseMessage left = await session.SubmitAsync("/", action: "/sign-out");

        Assert.Equal("/sign-in?signed-out=1", left.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await session.Client.GetAsync("/", Stop)).StatusCode);
    }

    [Fact]
    public async Task The_api_key_makes_new_links()
    {
        using HttpClient client = host.Client(host.ApiKey);

        using HttpResponseMessage made = await client.PostAsync("/api/v1/sign-in-links", null, Stop);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("no-store", made.Headers.CacheControl!.ToString());
        JsonElement link = await made.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.True(link.GetProperty("expiresAt").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        using var session = new PortalSession(host);
        using HttpResponseMessage used = await session.UseAsync(link.GetProperty("url").GetString()!);
        Assert.Equal(HttpStatusCode.SeeOther, used.StatusCode);
    }
}
