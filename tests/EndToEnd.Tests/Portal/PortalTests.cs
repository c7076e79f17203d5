using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>A publisher's way through the portal, in a real browser.</summary>
public sealed partial class PortalTests
{
    // Some seconds for the file, so that the page can be watched.
    private const string SlowBytesPerSecond = "6000000";
    private const double UplinkBytesPerSecond = 8e6;
    private const float LongMilliseconds = 60_000;

    [Fact]
    public async Task A_publisher_signs_in_uploads_shares_and_reads_the_report()
    {
        TestVideo source = await Videos.OfAsync(40);
        int proxyPort = Ports.Free();
        string portal = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{proxyPort}");
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { MoreArguments = ["--public-host", portal] }
        );
        await using var uplink = new ThrottlingProxy(proxyPort, server.Port, UplinkBytesPerSecond);
        await using Chromium chromium = await Chromium.StartAsync();
        await using IBrowserContext profile = await chromium.NewProfileAsync();
        IPage page = await profile.NewPageAsync();
        var complaints = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => complaints.Enqueue(error);

        string link = await SignInAsync(server, page, portal);
        await UploadAsync(page, portal, source, uplink);
        PublishedVideo video = PublishedVideo.Read(
            Assert.Single((await server.GetJsonAsync("/api/v1/files")).GetProperty("items").EnumerateArray())
        );
        Assert.Equal(source.Sha256, video.Sha256);
        await CopyMagnetAsync(page, video);
        await using (
            LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(
                video.Magnet,
                "--download-limit",
                SlowBytesPerSecond
            )
        )
        {
            await PortalPages.FollowAsync(page, portal, video, viewer);
            await PortalPages.VisitAsync(page, portal, video);
            await viewer.StopAsync();
        }
        await ReadReportAsync(server, page, portal, video);

        Assert.Empty(complaints);
        await AssertUsedUpAsync(chromium, link);
    }

    private static async Task<string> SignInAsync(DistributionServer server, IPage page, string portal)
    {
        string link = await server.SignInLinkAsync();
        Assert.StartsWith(portal, link, StringComparison.Ordinal);
        await page.GotoAsync(link);
        await Expect(page).ToHaveURLAsync(portal + "/");
        await Expect(page.GetByTestId("no-files")).ToBeVisibleAsync();
        await ShootAsync(page, "files-empty");
        return link;
    }

    private static async Task UploadAsync(IPage page, string portal, TestVideo source, ThrottlingProxy uplink)
    {
        await page.GotoAsync(portal + "/upload");
        await page.SetInputFilesAsync("#file-input", source.Path);
        ILocator row = page.Locator("#uploads .upload");
        await Expect(row).ToHaveAttributeAsync("data-state", "uploading");
        await Expect(row.Locator("[data-part=percent]"))
            .ToHaveTextAsync(MiddlePercent(), new() { Timeout = LongMilliseconds });
        await ShootAsync(page, "upload-running");

        await row.GetByRole(AriaRole.Button, new() { NameRegex = PauseName() }).ClickAsync();
        await Expect(row).ToHaveAttributeAsync("data-state", "paused");
        long before = -1;
        await Wait.UntilAsync(
            async () =>
            {
                long last = before;
                before = uplink.BytesToServer;
                await Task.Delay(400, TestContext.Current.CancellationToken);
                return last == before;
            },
            TimeSpan.FromSeconds(20),
            "nothing is sent while the upload is paused"
        );
        Assert.InRange(before, 1, source.SizeBytes - 1);
        await ShootAsync(page, "upload-paused");

        await row.GetByRole(AriaRole.Button, new() { NameRegex = ResumeName() }).ClickAsync();
        await Expect(row).ToHaveAttributeAsync("data-state", "done", new() { Timeout = LongMilliseconds });
        // Paused in the middle, it did not begin anew.
        Assert.InRange(uplink.BytesToServer, source.SizeBytes, source.SizeBytes * 5 / 4);
        await ShootAsync(page, "upload-done");
        await row.Locator("[data-part=open]").ClickAsync();
        await Expect(page.Locator("#magnet")).ToBeVisibleAsync(new() { Timeout = LongMilliseconds });
    }

    private static async Task CopyMagnetAsync(IPage page, PublishedVideo video)
    {
        await page.Locator("button[data-copy=magnet]").ClickAsync();
        await Expect(page.Locator("button[data-copy=magnet]")).ToHaveTextAsync("Copied");
        Assert.Equal(video.Magnet, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Expect(page.Locator("[data-field=edges]")).ToHaveTextAsync("1", new() { Timeout = LongMilliseconds });
        await ShootAsync(page, "file");
    }

    private static async Task ReadReportAsync(
        DistributionServer server,
        IPage page,
        string portal,
        PublishedVideo video
    )
    {
        await Wait.UntilAsync(
            async () =>
                (await server.ReportAsync(video.Id)).GetProperty("delivered").GetProperty("low").GetInt64()
                >= video.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the whole download is in the report"
        );
        JsonElement report = await server.ReportAsync(video.Id);
        await page.GotoAsync($"{portal}/files/{video.Id}/report");
        await Expect(page.GetByTestId("delivered")).ToContainTextAsync("MB");
        await Expect(page.GetByTestId("delivered")).ToContainTextAsync("1 viewer");
        Assert.Equal(1, report.GetProperty("viewers").GetInt32());
        await Expect(page.GetByTestId("offload")).ToContainTextAsync("%");
        await ShootAsync(page, "report");
        await PortalPages.TakeReportAsync(page, portal, video);
        await page.GotoAsync(portal + "/");
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("ublished");
        await ShootAsync(page, "files");
    }

    private static async Task AssertUsedUpAsync(Chromium chromium, string link)
    {
        await using IBrowserContext stranger = await chromium.NewProfileAsync();
        IPage page = await stranger.NewPageAsync();
        await page.GotoAsync(link);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("used already");
        await page.GotoAsync(new Uri(new Uri(link), "/").AbsoluteUri);
        await Expect(page).ToHaveURLAsync(SignInPath());
    }

    private static Task ShootAsync(IPage page, string name) =>
        page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(Repository.Screenshots, $"{name}.png"), FullPage = true }
        );

    [GeneratedRegex("^([1-6][0-9])%$")]
    private static partial Regex MiddlePercent();

    [GeneratedRegex("^Pause")]
    private static partial Regex PauseName();

    [GeneratedRegex("^Resume")]
    private static partial Regex ResumeName();

    [GeneratedRegex("/sign-in")]
    private static partial Regex SignInPath();
}
