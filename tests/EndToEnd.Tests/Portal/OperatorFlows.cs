using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>What who runs a real server does on the pages below <c>/server</c>.</summary>
internal static class OperatorFlows
{
    public static async Task RunAsync(IPage page, string portal, PublishedVideo video)
    {
        await DrainAsync(page, portal);
        await MakePublisherAsync(page, portal);
        await TakeDownAsync(page, portal, video);
    }

    private static async Task DrainAsync(IPage page, string portal)
    {
        await page.GotoAsync(portal + "/server/edges");
        await PortalFlowsTests.ClickAsync(page, "Make a token");
        await Expect(page.Locator("#edge-token")).Not.ToHaveValueAsync("");
        await page.GotoAsync(portal + "/server/edges");
        foreach (
            (string button, string state) in new[] { ("Drain it", "Drain"), ("Let it take swarms again", "Active") }
        )
        {
            await page.Locator(".fleet summary").First.ClickAsync();
            await page.Locator(".fleet button", new() { HasText = button }).First.ClickAsync();
            await Expect(page.Locator(".fleet tr[data-node] .badge").First).ToContainTextAsync(state);
        }
    }

    private static async Task MakePublisherAsync(IPage page, string portal)
    {
        await page.GotoAsync(portal + "/server/publishers");
        await page.Locator("#name").FillAsync("Second house");
        await PortalFlowsTests.ClickAsync(page, "Make it");
        await Expect(page.Locator("#invitation-link")).ToBeVisibleAsync();
        await page.GotoAsync(portal + "/server/publishers");
        ILocator house = page.Locator("tr[data-publisher]", new() { HasText = "Second house" });
        await Expect(house).ToContainTextAsync("none");
        await page.GetByLabel("Change…: Second house").ClickAsync();
        await page.Locator("tr.row-more:visible details[open] input[name=quota]").FillAsync("2.5");
        await PortalFlowsTests.ClickAsync(page, "Set the quota: Second house");
        await Expect(house).ToContainTextAsync("2.5");
    }

    private static async Task TakeDownAsync(IPage page, string portal, PublishedVideo video)
    {
        await page.GotoAsync($"{portal}/server/takedowns?link={video.Id}");
        await page.GetByLabel("Reason, for its publisher").FillAsync("A court says so");
        await PortalFlowsTests.ClickAsync(page, "Take it down");
        await page.GotoAsync($"{portal}/files/{video.Id}");
        await Expect(page.GetByTestId("state").First).ToHaveTextAsync("Unpublished");
        await Expect(page.Locator("main")).ToContainTextAsync("A court says so");
    }
}
