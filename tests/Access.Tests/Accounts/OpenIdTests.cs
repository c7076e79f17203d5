using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;
using Distribution.Dashboard.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Access.Tests.Accounts;

public class OpenIdTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_needs_an_invitation_and_comes_back_without_one()
    {
        string subject = host.OpenId.Subject = $"sub-{Guid.NewGuid():N}";
        using var stranger = new PortalBrowser(host);
        using HttpResponseMessage refused = await stranger.FollowAsync(
            await stranger.SubmitAsync("/sign-in", "/sign-in/openid")
        );
        Assert.Equal("?error=no-account", refused.RequestMessage!.RequestUri!.Query);
        Assert.False(await stranger.IsInAsync());
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement invitation = await ServerHost.PostAsync(owner, "/api/v1/invitations", new { role = "editor" });

        using HttpResponseMessage joined = await stranger.FollowAsync(
            await stranger.SubmitAsync(invitation.GetProperty("url").GetString()!, "/sign-in/openid")
        );

        Assert.Equal(HttpStatusCode.OK, joined.StatusCode);
        Assert.Equal("/", joined.RequestMessage!.RequestUri!.AbsolutePath);
        JsonElement access = await stranger.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop);
        Assert.Equal($"{subject}@example.org", access.GetProperty("name").GetString());
        using var later = new PortalBrowser(host);
        using HttpResponseMessage back = await later.FollowAsync(
            await later.SubmitAsync("/sign-in?returnUrl=%2Freport", "/sign-in/openid")
        );
        // The form's own address carries the way back.
        Assert.True(await later.IsInAsync());

        // Added to one's own account, it signs in to that.
        host.OpenId.Subject = $"sub-{Guid.NewGuid():N}";
        using PortalBrowser member = await host.MemberAsync("analyst");
        using HttpResponseMessage added = await member.FollowAsync(
            await member.SubmitAsync("/account", "/sign-in/openid")
        );
        Assert.Equal("?saved=login", added.RequestMessage!.RequestUri!.Query);
        JsonElement account = await member.Client.GetFromJsonAsync<JsonElement>("/api/v1/account", Stop);
        string login = Assert.Single(account.GetProperty("logins").EnumerateArray()).GetProperty("id").GetString()!;
        using HttpResponseMessage another = await later.Client.DeleteAsync($"/api/v1/account/logins/{login}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, another.StatusCode);
        using HttpResponseMessage removed = await member.Client.DeleteAsync($"/api/v1/account/logins/{login}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        account = await member.Client.GetFromJsonAsync<JsonElement>("/api/v1/account", Stop);
        Assert.Empty(account.GetProperty("logins").EnumerateArray());
        host.OpenId.Subject = subject;
        using PortalBrowser thief = await host.MemberAsync("analyst");
        using HttpResponseMessage taken = await thief.FollowAsync(
            await thief.SubmitAsync("/account", "/sign-in/openid")
        );
        Assert.Equal("?error=taken", taken.RequestMessage!.RequestUri!.Query);
    }

    [Fact]
    public async Task A_browser_goes_to_the_provider_and_comes_back_signed_in()
    {
        string subject = host.OpenId.Subject = $"sub-{Guid.NewGuid():N}";
        await using RealBrowser browser = await RealBrowser.StartAsync();
        IPage page = browser.Page;
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement invitation = await ServerHost.PostAsync(owner, "/api/v1/invitations", new { role = "editor" });
        await page.GotoAsync(invitation.GetProperty("url").GetString()!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join with The provider" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();

        await page.GotoAsync($"{host.BaseUrl}/sign-in?returnUrl=%2Faccount");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with The provider" }).ClickAsync();

        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/account");
        await Expect(page.Locator(".subtitle")).ToContainTextAsync($"{subject}@example.org");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task The_page_on_the_way_reads_well()
    {
        await using RealBrowser browser = await RealBrowser.StartAsync();
        IPage page = browser.Page;
        // The provider says nothing, so the browser stays where it is.
        await page.RouteAsync("**/authorize**", route => route.FulfillAsync(new() { Status = 204 }));
        await page.GotoAsync($"{host.BaseUrl}/sign-in");

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with The provider" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("On to The provider");
        Assert.Empty(await AxeRules.CheckAsync(page));
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_signs_nobody_in()
    {
        using var victim = new PortalBrowser(host);

        using HttpResponseMessage answer = await victim.Client.GetAsync(
            "/sign-in/openid/callback?code=stolen&state=forged",
            Stop
        );

        Assert.Equal("/sign-in?error=openid", answer.Headers.Location?.OriginalString);
        Assert.False(await victim.IsInAsync());
    }
}
