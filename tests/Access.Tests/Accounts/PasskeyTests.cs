using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Access.Tests.Accounts;

public class PasskeyTests(ServerHost host)
{
    private const string Executable = "/usr/bin/chromium";

    [Fact]
    public async Task A_passkey_is_made_and_signs_in_and_is_useless_once_removed()
    {
        Assert.SkipUnless(File.Exists(Executable), $"{Executable} is not installed");
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-gpu"] }
        );
        await using IBrowserContext profile = await browser.NewContextAsync();
        IPage page = await profile.NewPageAsync();
        var complaints = new ConcurrentQueue<string>();
        page.PageError += (_, error) => complaints.Enqueue(error);
        await AddAuthenticatorAsync(profile, page);
        // Passkeys are bound to a name, and an address is none.
        string portal = host.BaseUrl.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        string name = await JoinAsync(page, portal);

        await page.GotoAsync($"{portal}/account");
        await page.GetByLabel("Its name").FillAsync("test key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(page.GetByTestId("passkeys")).ToContainTextAsync("test key");

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.GotoAsync($"{portal}/sign-in?returnUrl=%2Faccount");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("returnUrl", StringComparison.Ordinal));
        Assert.True(page.Url == $"{portal}/account", $"{page.Url}: {await LogAsync()}");
        await Expect(page.Locator(".subtitle")).ToContainTextAsync(name);

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove test key" }).ClickAsync();
        await Expect(page.GetByTestId("passkeys")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await Expect(page.GetByText("This passkey is not known here.")).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_script_of_the_portal_makes_renames_and_removes_a_passkey_by_the_api()
    {
        await using RealBrowser browser = await RealBrowser.StartAsync();
        IPage page = browser.Page;
        await AddAuthenticatorAsync(page.Context, page);
        string portal = host.BaseUrl.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await JoinAsync(page, portal);

        JsonElement made = await page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const options = await (await fetch('/api/v1/account/passkeys/options', { method: 'POST' })).json();
              const credential = await navigator.credentials.create({
                publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
              });
              const send = () => fetch('/api/v1/account/passkeys', {
                method: 'POST',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ name: 'by a script', credential: credential.toJSON() }),
              });
              const answer = await send();
              return { status: answer.status, passkey: await answer.json(), again: (await send()).status };
            }
            """
        );
        // The options are good for one passkey.
        Assert.Equal(201, made.GetProperty("status").GetInt32());
        Assert.Equal(400, made.GetProperty("again").GetInt32());
        JsonElement passkey = made.GetProperty("passkey");
        Assert.Equal("by a script", passkey.GetProperty("name").GetString());
        string path = $"/api/v1/account/passkeys/{passkey.GetProperty("id").GetString()}";
        using PortalBrowser stranger = await host.MemberAsync("owner");
        using HttpResponseMessage theirs = await stranger.Client.GetAsync(path, TestContext.Current.CancellationToken);
        using HttpResponseMessage kept = await stranger.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (theirs.StatusCode, kept.StatusCode));

        JsonElement changed = await page.EvaluateAsync<JsonElement>(
            """
            async path => {
              const change = (method, tag, body) => fetch(path, {
                method,
                headers: { 'Content-Type': 'application/json', 'If-Match': tag },
                body: body && JSON.stringify(body),
              });
              const tag = (await fetch(path)).headers.get('ETag');
              const both = await Promise.all(['one', 'other'].map(name => change('PATCH', tag, { name })));
              const list = await (await fetch('/api/v1/account/passkeys')).json();
              const stale = await change('DELETE', tag);
              const removed = await change('DELETE', (await fetch(path)).headers.get('ETag'));
              return {
                statuses: both.map(answer => answer.status),
                names: list.items.map(passkey => passkey.name),
                stale: stale.status,
                removed: removed.status,
                left: (await (await fetch('/api/v1/account/passkeys')).json()).items.length,
              };
            }
            """,
            path
        );
        int[] statuses = [.. changed.GetProperty("statuses").EnumerateArray().Select(one => one.GetInt32())];
        Assert.Equal([204, 412], statuses.Order());
        Assert.Equal(
            statuses[0] == 204 ? "one" : "other",
            Assert.Single(changed.GetProperty("names").EnumerateArray()).GetString()
        );
        Assert.Equal(412, changed.GetProperty("stale").GetInt32());
        Assert.Equal(204, changed.GetProperty("removed").GetInt32());
        Assert.Equal(0, changed.GetProperty("left").GetInt32());
    }

    private async Task<string> LogAsync()
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        return await operators.GetStringAsync("/api/v1/server/audit?limit=3", TestContext.Current.CancellationToken);
    }

    private async Task<string> JoinAsync(IPage page, string portal)
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        string url = (await ServerHost.PostAsync(operators, "/api/v1/invitations", new { role = "analyst" }))
            .GetProperty("url")
            .GetString()!;
        string name = $"passkey {Guid.NewGuid():N}";
        await page.GotoAsync(portal + new Uri(url).PathAndQuery);
        await page.GetByLabel("Your name or e-mail address").FillAsync(name);
        await page.GetByLabel("New password").FillAsync(PortalBrowser.Password);
        await page.GetByLabel("The same once more").FillAsync(PortalBrowser.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{portal}/");
        return name;
    }

    /// <summary>A device of Chromium's own that says yes to everything.</summary>
    private static async Task AddAuthenticatorAsync(IBrowserContext profile, IPage page)
    {
        ICDPSession devtools = await profile.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new
                {
                    protocol = "ctap2",
                    transport = "internal",
                    hasResidentKey = true,
                    hasUserVerification = true,
                    isUserVerified = true,
                    automaticPresenceSimulation = true,
                },
            }
        );
    }
}
