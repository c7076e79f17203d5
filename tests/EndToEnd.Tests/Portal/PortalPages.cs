using System.Text.Json;
using System.Text.RegularExpressions;
using Distribution.Dashboard.Tests.Browser;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>All pages that whoever runs the server may open, of a real server with a file, a viewer and what was booked of him.</summary>
internal static partial class PortalPages
{
    private const float LongMilliseconds = 60_000;

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

    /// <summary>The file's page follows a viewer from his first bytes until he seeds, without being loaded again.</summary>
    public static async Task FollowAsync(IPage page, string portal, PublishedVideo video, LibtorrentClient slowViewer)
    {
        await page.GotoAsync($"{portal}/files/{video.Id}");
        await Expect(page.Locator("[data-field=leechers]")).ToHaveTextAsync("1", Long());
        await Expect(
            page.Locator("[data-field=webSeedBytesPerSecond], [data-field=edgeBytesPerSecond]").Filter(Moving())
        )
            .Not.ToHaveCountAsync(0, new() { Timeout = LongMilliseconds });
        await Expect(page.Locator("[data-tenth] [data-count]").Filter(new() { HasText = "1" }))
            .ToHaveCountAsync(1, new() { Timeout = LongMilliseconds });
        await Expect(page.Locator("[data-live-age]")).ToContainTextAsync("updated");
        await Expect(page.GetByTestId("health").Locator("[data-follow=viewers]")).ToContainTextAsync("here now: 1;");
        ILocator pause = page.Locator("[data-live-pause]");
        await pause.ClickAsync();
        await Expect(page.Locator("[data-live-age]")).ToContainTextAsync("paused");
        await pause.ClickAsync();
        await Expect(pause).ToHaveAttributeAsync("aria-pressed", "false");
        await slowViewer.FinishedAsync(TimeSpan.FromSeconds(90));
        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("1", Long());
        await Expect(page.Locator("[data-field=leechers]")).ToHaveTextAsync("0", Long());
        await Expect(page.Locator("[data-field=completed]")).ToHaveTextAsync("1", Long());
        await Expect(page.GetByTestId("health").Locator("[data-follow=viewers]"))
            .ToContainTextAsync("with the whole file: 1");
    }

    /// <summary>Compares the file's report with the time before, takes it as CSV and JSON, and prints the month's statement.</summary>
    public static async Task TakeReportAsync(IPage page, string portal, PublishedVideo video)
    {
        await page.Locator("#compare").SelectOptionAsync("before");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("compared-with")).ToBeVisibleAsync();
        Assert.Contains("compare=before", page.Url, StringComparison.Ordinal);
        Assert.Contains("delivered", await DownloadAsync(page, "CSV"), StringComparison.OrdinalIgnoreCase);
        using var report = JsonDocument.Parse(await DownloadAsync(page, "JSON"));
        Assert.True(
            report.RootElement.GetProperty("delivered").GetProperty("low").GetInt64() >= video.SizeBytes,
            "the file that is downloaded has what the page shows"
        );
        await page.GotoAsync($"{portal}/statement/{TimeProvider.System.GetUtcNow():yyyy-MM}");
        byte[] printed = await page.PdfAsync();
        Assert.True(printed.AsSpan().StartsWith("%PDF"u8), "the statement prints");
    }

    private static async Task<string> DownloadAsync(IPage page, string name)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync()
        );
        return await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }

    private static LocatorFilterOptions Moving() => new() { HasTextRegex = Rate() };

    private static LocatorAssertionsToHaveTextOptions Long() => new() { Timeout = LongMilliseconds };

    [GeneratedRegex("[1-9]")]
    private static partial Regex Rate();
}
