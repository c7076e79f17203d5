using Distribution.Dashboard.Tests.Browser;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>All pages that whoever runs the server may open, of a real server with a file, a viewer and what was booked of him.</summary>
internal static class PortalPages
{
    /// <summary>Each answers, fits, and gives axe nothing to say.</summary>
    public static async Task VisitAsync(IPage page, string portal, PublishedVideo video)
    {
        string[] paths =
        [
            "/",
            "/upload",
            $"/upload?replaces={video.Id}",
            $"/files/{video.Id}",
            $"/files/{video.Id}/report",
            $"/files/{video.Id}/report?bucket=hour&contract=cloudfront",
            $"/watch/{video.Id}",
            "/report?compare=before",
            $"/statement/{TimeProvider.System.GetUtcNow():yyyy-MM}",
            "/settings",
            "/settings/keys",
            "/settings/log",
            "/settings/delivery",
            "/settings/webhooks",
            "/reference",
            "/server",
            "/server/edges",
            "/server/publishers",
            "/server/takedowns",
            $"/server/takedowns?link={video.Id}",
            "/server/log",
            "/account",
        ];
        foreach (string path in paths)
        {
            IResponse? response = await page.GotoAsync(portal + path);
            Assert.True(response is { Ok: true }, $"{path} answered {response?.Status}");
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            int overflow = await page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );
            Assert.True(overflow <= 0, $"{path} is {overflow} px too wide.");
            Assert.Empty(await AxeRules.CheckAsync(page));
        }
    }

    /// <summary>The file's page shows the viewer who stays in the swarm, without being loaded again.</summary>
    public static async Task ShowsSeederAsync(IPage page, string portal, PublishedVideo video)
    {
        await page.GotoAsync($"{portal}/files/{video.Id}");
        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("1", new() { Timeout = 60_000 });
    }
}
