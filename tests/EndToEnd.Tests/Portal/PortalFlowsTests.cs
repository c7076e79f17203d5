using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Distribution.Dashboard.Tests.Browser;
using Distribution.Dashboard.Tests.Webhooks;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>What an owner who runs the server does with keys, members, settings, a file and the switch, in a real browser on a real server.</summary>
public sealed class PortalFlowsTests
{
    private const string Password = "a horse that nobody corrects";

    private const string OwnContract = """
        {"id":"by-the-bit","name":"By the bit","currency":"USD","terms":[{"traffic":[{"plan":"graduated","tiers":[{"perGigabyte":0.05}]}]}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_clicked_is_done()
    {
        using var temp = new TempFolder();
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { MoreArguments = ["--webhooks-private", "true"] }
        );
        await File.WriteAllTextAsync(temp.File("notes.txt"), "Once upon a time.", Stop);
        PublishedVideo video = PublishedVideo.Read(
            (await server.RunAsync("publish", temp.File("notes.txt"), "--json")).Json()
        );
        await using Chromium chromium = await Chromium.StartAsync();
        await using IBrowserContext profile = await chromium.NewProfileAsync();
        IPage page = await profile.NewPageAsync();
        var link = new Uri(await server.SignInLinkAsync());
        string portal = link.GetLeftPart(UriPartial.Authority);
        await page.GotoAsync(link.AbsoluteUri);
        await Expect(page).ToHaveURLAsync(portal + "/");

        await MakeAndRevokeKeyAsync(server, page, portal);
        await InviteAsync(chromium, page, portal);
        await ChangePolicyAsync(server, temp, page, portal);
        await TakeDownAndUndoAsync(server, page, portal, video);
        await SwitchPeersAsync(page, portal);
        (string webhook, string secret) = await MakeWebhookAsync(page, portal, receiver);
        await PublishNextVersionAsync(temp, page, portal, video);
        await HearAndDeleteAsync(page, webhook, secret, receiver);
        await OperatorFlows.RunAsync(page, portal, video);
    }

    private static async Task MakeAndRevokeKeyAsync(DistributionServer server, IPage page, string portal)
    {
        await page.GotoAsync(portal + "/settings/keys");
        await page.GetByLabel("What it is for").FillAsync("nightly");
        await ClickAsync(page, "Make the key");
        string secret = await page.GetByTestId("new-key").Locator("input").InputValueAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, secret));
        await page.GotoAsync(portal + "/settings/keys");
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        await ClickAsync(page, "Rotate nightly");
        string next = await page.GetByTestId("new-key").Locator("input").InputValueAsync();
        Assert.NotEqual(secret, next);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, next));
        // The old one works on for a day, so that whoever uses it has time.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, secret));
        await page.GotoAsync(portal + "/settings/keys");
        // The old and the new one stand there under one name.
        ILocator revoke = page.GetByRole(AriaRole.Button, new() { Name = "Revoke nightly", Exact = true });
        await Expect(revoke).ToHaveCountAsync(2);
        await revoke.First.ClickAsync();
        await Expect(revoke).ToHaveCountAsync(1);
        await revoke.First.ClickAsync();
        await Expect(revoke).ToHaveCountAsync(0);
        await Wait.UntilAsync(
            async () =>
                await AskAsync(server, secret) == HttpStatusCode.Unauthorized
                && await AskAsync(server, next) == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(20),
            "both secrets are refused"
        );
    }

    private static async Task InviteAsync(Chromium chromium, IPage page, string portal)
    {
        await page.GotoAsync(portal + "/settings");
        await page.GetByLabel("For whom").FillAsync("Ada");
        await page.Locator("#role").SelectOptionAsync("analyst");
        await ClickAsync(page, "Make a link");
        string invitation = await page.GetByTestId("invitation").Locator("input").InputValueAsync();
        await using IBrowserContext profile = await chromium.NewProfileAsync();
        IPage guest = await profile.NewPageAsync();
        await guest.GotoAsync(invitation);
        await guest.Locator("#name").FillAsync("ada");
        await guest.Locator("#password").FillAsync(Password);
        await guest.Locator("#again").FillAsync(Password);
        await ClickAsync(guest, "Join");
        await Expect(guest.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true })).ToBeVisibleAsync();
        // An analyst reads, and nothing else.
        IResponse? refused = await guest.GotoAsync(portal + "/server");
        Assert.Equal(403, refused!.Status);
        await Expect(guest.GetByTestId("forbidden")).ToBeVisibleAsync();
        Assert.Empty(await AxeRules.CheckAsync(guest));
        await page.ReloadAsync();
        await Expect(page.Locator("table").First).ToContainTextAsync("ada");
        await SignOutEverywhereAsync(chromium, guest, portal);
    }

    private static async Task SignOutEverywhereAsync(Chromium chromium, IPage guest, string portal)
    {
        await guest.GotoAsync(portal + "/");
        await ClickAsync(guest, "Sign out");
        await SignInAsync(guest, portal, "not this one");
        await Expect(guest.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");
        await SignInAsync(guest, portal, Password);
        await using IBrowserContext other = await chromium.NewProfileAsync();
        IPage elsewhere = await other.NewPageAsync();
        await SignInAsync(elsewhere, portal, Password);
        await Expect(elsewhere).ToHaveURLAsync(portal + "/");
        await elsewhere.GotoAsync(portal + "/account");
        await Expect(elsewhere.GetByTestId("sessions").Locator("li")).ToHaveCountAsync(2);
        await ClickAsync(elsewhere, "Sign out everywhere");
        foreach (IPage page in new[] { elsewhere, guest })
        {
            await page.GotoAsync(portal + "/account");
            await Expect(page.Locator("#password")).ToBeVisibleAsync();
            Assert.StartsWith(portal + "/sign-in", page.Url, StringComparison.Ordinal);
        }
    }

    private static async Task SignInAsync(IPage page, string portal, string password)
    {
        await page.GotoAsync(portal + "/sign-in");
        await page.Locator("#name").FillAsync("ada");
        await page.Locator("#password").FillAsync(password);
        await ClickAsync(page, "Sign in");
    }

    private static async Task ChangePolicyAsync(DistributionServer server, TempFolder temp, IPage page, string portal)
    {
        await page.GotoAsync(portal + "/settings/delivery");
        await page.GetByLabel("Delivered, GB").FillAsync("20000");
        await page.GetByLabel("Contract", new() { Exact = true }).SelectOptionAsync("own");
        await page.GetByLabel("Your own, as JSON").FillAsync("{\"id\":");
        await Expect(page.GetByTestId("example")).ToContainTextAsync("it is no JSON");
        await page.GetByLabel("Your own, as JSON").FillAsync(OwnContract);
        // By hand: 20,000 GB at 0.05.
        await Expect(page.GetByTestId("example")).ToContainTextAsync("1,000.00");
        await page.Locator("#policy-off").CheckAsync();
        await ClickAsync(page, "Save");
        await Expect(page.GetByRole(AriaRole.Status).First).ToBeVisibleAsync();
        await page.GotoAsync(portal + "/report");
        await Expect(page.Locator("main")).ToContainTextAsync("By the bit");
        await File.WriteAllTextAsync(temp.File("more.txt"), "And they lived.", Stop);
        Assert.Equal(
            "off",
            (await server.RunAsync("publish", temp.File("more.txt"), "--json")).Json().GetProperty("policy").GetString()
        );
    }

    private static async Task TakeDownAndUndoAsync(
        DistributionServer server,
        IPage page,
        string portal,
        PublishedVideo video
    )
    {
        await page.GotoAsync($"{portal}/files/{video.Id}");
        await page.Locator("#title").FillAsync("Notes, second edition");
        await ClickAsync(page, "Save");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Notes, second edition");
        await page.Locator(".danger summary").ClickAsync();
        await ClickAsync(page, "Unpublish this file");
        await Expect(page.GetByTestId("state")).ToHaveTextAsync("Unpublished");
        await Wait.UntilAsync(
            async () => await StatusAsync(server, video.DownloadUrl) is HttpStatusCode.NotFound or HttpStatusCode.Gone,
            TimeSpan.FromSeconds(20),
            "the link is closed"
        );
        await ClickAsync(page, "Publish it again");
        await Expect(page.GetByTestId("state")).ToHaveTextAsync("Published");
        await Wait.UntilAsync(
            async () => await StatusAsync(server, video.DownloadUrl) == HttpStatusCode.OK,
            TimeSpan.FromSeconds(20),
            "the link is open again"
        );
    }

    private static async Task SwitchPeersAsync(IPage page, string portal)
    {
        await page.GotoAsync(portal + "/server");
        foreach ((string off, string state) in new[] { ("off", "off"), ("on", "on") })
        {
            await page.GetByText($"Switch peer-to-peer {off}…").ClickAsync();
            ILocator reason = page.Locator("input[name=reason]");
            if (await reason.CountAsync() > 0)
                await reason.First.FillAsync("A drill");
            await ClickAsync(page, $"Switch it {off} for the whole server");
            await Expect(page.GetByTestId("peers-state")).ToHaveTextAsync(state);
        }
        await page.GotoAsync(portal + "/server/log");
        await Expect(page.Locator("table")).ToContainTextAsync("operator");
    }

    private static async Task PublishNextVersionAsync(TempFolder temp, IPage page, string portal, PublishedVideo video)
    {
        await File.WriteAllTextAsync(temp.File("third.txt"), "The third edition.", Stop);
        await page.GotoAsync($"{portal}/files/{video.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Publish a new version" }).ClickAsync();
        await page.SetInputFilesAsync("#file-input", temp.File("third.txt"));
        await Expect(page.Locator("#uploads .upload"))
            .ToHaveAttributeAsync("data-state", "done", new() { Timeout = 60_000 });
        await Wait.UntilAsync(
            async () =>
            {
                await page.GotoAsync($"{portal}/files/{video.Id}");
                return await page.GetByTestId("versions").Locator("tbody tr").CountAsync() == 2;
            },
            TimeSpan.FromSeconds(30),
            "the page lists both versions"
        );
        await page.GotoAsync($"{portal}/watch/{video.Id}");
        await Expect(page.Locator("main a[href*='/watch/']").First).ToBeVisibleAsync();
    }

    private static async Task<(string Page, string Secret)> MakeWebhookAsync(
        IPage page,
        string portal,
        HookReceiver receiver
    )
    {
        receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.InternalServerError, "<b>not today</b>"));
        await page.GotoAsync(portal + "/settings/webhooks");
        await page.GetByLabel("Address of the receiver").FillAsync(receiver.Url);
        await ClickAsync(page, "Make the webhook");
        string secret = await page.Locator("#secret").InputValueAsync();
        await page.Locator("tr", new() { HasText = receiver.Url }).GetByRole(AriaRole.Link).ClickAsync();
        string webhook = page.Url;
        await ClickAsync(page, "Send a test event");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("on its way");
        HookRequest refused = await receiver.NextAsync();
        await ShowsAsync(page, webhook, "failed once");
        await page.GetByRole(AriaRole.Link, new() { Name = "webhook.test" }).ClickAsync();
        await Expect(page.Locator("#delivery")).ToContainTextAsync("<b>not today</b>");
        Assert.Empty(await AxeRules.CheckAsync(page));

        await page.GetByRole(AriaRole.Button, new() { Name = "Send again: webhook.test" }).ClickAsync();
        Assert.Equal(refused.EventId, (await receiver.NextAsync()).EventId);
        await ShowsAsync(page, webhook, "delivered (204)");
        return (webhook, secret);
    }

    private static async Task HearAndDeleteAsync(IPage page, string webhook, string secret, HookReceiver receiver)
    {
        HookRequest heard = await receiver.NextAsync();
        while (heard.Json.GetProperty("type").GetString() != "file.published")
            heard = await receiver.NextAsync();
        string[] signature = heard.Headers["Distribution-Signature"].Split(',');
        byte[] told = [.. Encoding.ASCII.GetBytes($"{signature[0].Split('=')[1]}."), .. heard.Body];
        Assert.Equal(
            $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), told))}",
            signature[1]
        );
        await ShowsAsync(page, webhook, "file.published");
        await page.GetByText("Delete…").ClickAsync();
        await ClickAsync(page, "Delete this webhook");
        await Expect(page.GetByText("The webhook is deleted.")).ToBeVisibleAsync();
    }

    /// <summary>What became of a delivery is written down a moment after the receiver has answered.</summary>
    private static Task ShowsAsync(IPage page, string url, string words) =>
        Wait.UntilAsync(
            async () =>
            {
                await page.GotoAsync(url);
                return (await page.Locator("main").InnerTextAsync()).Contains(words, StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(30),
            $"the page says {words}"
        );

    internal static Task ClickAsync(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();

    private static async Task<HttpStatusCode> AskAsync(DistributionServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/files");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(DistributionServer server, string url)
    {
        using HttpResponseMessage response = await server.Http.GetAsync(url, Stop);
        return response.StatusCode;
    }
}
