using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Distribution.Dashboard.Tests.Hosting;
using Distribution.Dashboard.Tests.Webhooks;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>What an owner does on the pages of webhooks, and of peers and cost; and how times are read.</summary>
public sealed class SettingsBrowserTests(PortalHost host, PortalBrowser browser) : IClassFixture<PortalBrowser>
{
    [Fact]
    public async Task A_webhook_is_made_tested_read_and_deleted()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.OK, "<b>taken</b>"));
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/settings/webhooks");

        await page.GetByLabel("Address of the receiver").FillAsync(receiver.Url);
        await page.GetByLabel("What it is for").FillAsync("a browser's");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the webhook" }).ClickAsync();
        string secret = await page.Locator("#secret").InputValueAsync();
        Assert.Matches("^whsec_[A-Za-z0-9_-]{43}$", secret);
        await page.Locator("tr", new() { HasText = receiver.Url }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator("#secret")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test event" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("on its way");
        HookRequest request = await receiver.NextAsync();
        // What became of it is written down a moment after the receiver has answered.
        while (!await page.GetByText("delivered (200)").IsVisibleAsync())
            await page.ReloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "webhook.test" }).ClickAsync();

        await Expect(page.Locator("#delivery")).ToContainTextAsync("<b>taken</b>");
        await Expect(page.Locator("#delivery")).ToContainTextAsync(request.EventId);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send again: webhook.test" }).ClickAsync();
        Assert.Equal(request.EventId, (await receiver.NextAsync()).EventId);
        await page.GetByText("Delete…").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete this webhook" }).ClickAsync();
        await Expect(page.GetByText("The webhook is deleted.")).ToBeVisibleAsync();
        await Expect(page.GetByText(receiver.Url)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_example_follows_what_is_typed_and_nothing_is_saved_by_it()
    {
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/settings/delivery");
        ILocator example = page.GetByTestId("example");
        // 10,000 GB at 0.02 by the server's contract.
        await Expect(example).ToContainTextAsync("$200.00");

        await page.GetByLabel("Delivered, GB").FillAsync("20000");
        await Expect(example).ToContainTextAsync("$400.00");
        await page.GetByLabel("Contract", new() { Exact = true }).SelectOptionAsync("own");
        await page.GetByLabel("Your own, as JSON").FillAsync("{\"id\":");
        await Expect(example).ToContainTextAsync("it is no JSON");
        await page.GetByLabel("Your own, as JSON").FillAsync(Contract("0.05"));
        await Expect(example).ToContainTextAsync("$1,000.00");
        await Expect(example).ToContainTextAsync("By the bit");
        await page.ReloadAsync();

        await Expect(example).ToContainTextAsync("$200.00");
    }

    [Fact]
    public async Task Without_scripts_a_button_reckons()
    {
        await using IBrowserContext profile = await SignedInAsync();
        await profile.RouteAsync("**/*.js", route => route.AbortAsync());
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/settings/delivery");

        await page.GetByLabel("Of it by peers, %").FillAsync("0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reckon" }).ClickAsync();

        // Half of it by the CDN at 0.02, half by edges at 0.005.
        await Expect(page.GetByTestId("example")).ToContainTextAsync("$125.00");
        await Expect(page.GetByLabel("Of it by peers, %")).ToHaveValueAsync("0");
        await page.GetByLabel("Contract", new() { Exact = true }).SelectOptionAsync("own");
        await page.GetByLabel("Your own, as JSON").FillAsync("[]");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nothing is saved");
    }

    [Fact]
    public async Task The_reference_has_every_call_and_asks_nobody_else()
    {
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        var foreign = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(host.BaseUrl, StringComparison.Ordinal))
                foreign.Add(request.Url);
        };
        await page.GotoAsync($"{host.BaseUrl}/");
        await page.GetByRole(AriaRole.Link, new() { Name = "API", Exact = true }).ClickAsync();
        string description = await (await profile.APIRequest.GetAsync($"{host.BaseUrl}/openapi/v1.json")).TextAsync();
        using var document = System.Text.Json.JsonDocument.Parse(description);
        int calls = document
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .Where(path => path.Name.StartsWith("/api/", StringComparison.Ordinal))
            .Sum(path => path.Value.EnumerateObject().Count());

        await Expect(page.Locator(".reference details")).ToHaveCountAsync(calls);
        await page.Locator("#CreateWebhook summary").ClickAsync();
        await Expect(page.Locator("#CreateWebhook")).ToContainTextAsync("Idempotency-Key");
        await Expect(page.Locator("#CreateWebhook")).ToContainTextAsync("-X POST");
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task Times_are_UTC_until_somebody_asks_for_their_own()
    {
        await using IBrowserContext profile = await SignedInAsync(timeZone: "Asia/Kolkata");
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/account");
        ILocator time = page.GetByTestId("sessions").Locator("time[data-shows=time]").First;
        await Expect(time).ToContainTextAsync(new Regex(" [0-9]{2}:[0-9]{2} UTC$"));
        string utc = await time.InnerTextAsync();
        ILocator local = page.GetByRole(AriaRole.Button, new() { Name = "Local times" });
        await Expect(local).ToHaveAttributeAsync("aria-pressed", "false");

        await local.ClickAsync();

        await Expect(time).ToContainTextAsync(new Regex(" [0-9]{2}:[0-9]{2} UTC[+]5:30$"));
        await Expect(time).ToHaveAttributeAsync("title", utc);
        DateTime at = DateTime.Parse(
            (await time.GetAttributeAsync("datetime"))!,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal
        );
        Assert.Equal(
            at.AddHours(5.5).ToString("d MMM yyyy, HH:mm 'UTC+5:30'", CultureInfo.InvariantCulture),
            await time.InnerTextAsync()
        );
        // What comes into the page later is written likewise, and the next page too.
        await page.EvaluateAsync(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<p><time id=later data-shows=date datetime=2026-03-01T20:00:00Z>1 Mar 2026</time></p>')"
        );
        await Expect(page.Locator("#later")).ToHaveTextAsync("2 Mar 2026");
        await page.ReloadAsync();
        await Expect(time).ToContainTextAsync("UTC+5:30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Times in UTC" }).ClickAsync();
        await Expect(time).ToHaveTextAsync(utc);
        await Expect(time).ToHaveAttributeAsync("title", "");

        await profile.RouteAsync("**/*.js", route => route.AbortAsync());
        await page.ReloadAsync();
        await Expect(time).ToHaveTextAsync(utc);
        await Expect(local).ToBeHiddenAsync();
    }

    private static string Contract(string price) =>
        $$"""
            {"id":"by-the-bit","name":"By the bit","currency":"USD","terms":[{"traffic":[{"plan":"graduated","tiers":[{"perGigabyte":{{price}}}]}]}]}
            """;

    private async Task<IBrowserContext> SignedInAsync(string? timeZone = null)
    {
        IBrowserContext profile = await browser.NewProfileAsync(timeZone: timeZone);
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(host.SignInLinks.Create().Url);
        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
        await page.CloseAsync();
        return profile;
    }
}
