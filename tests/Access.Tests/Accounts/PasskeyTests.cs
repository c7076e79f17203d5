using System.Collections.Concurrent;
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
