using System.Globalization;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>What the upload page says of files that a real server refuses, and that nothing is left of them.</summary>
public sealed class PortalRefusalTests
{
    private const int MaxUploadBytes = 1_000_000;

    [Fact]
    public async Task Too_large_beyond_the_quota_and_a_full_disk_are_told_apart()
    {
        using var temp = new TempFolder();
        await using Chromium chromium = await Chromium.StartAsync();
        await RefuseAsync(
            chromium,
            ["--max-upload", Text(MaxUploadBytes), "--quota", Text(MaxUploadBytes * 3 / 2)],
            [
                (Write(temp, "fits.bin", MaxUploadBytes), null),
                (Write(temp, "large.bin", MaxUploadBytes + 1), "Make it smaller"),
                (Write(temp, "beyond.bin", MaxUploadBytes * 2 / 3), "Ask who runs the server for more"),
            ]
        );
        await RefuseAsync(
            chromium,
            ["--min-free", Text(long.MaxValue / 2)],
            [(Write(temp, "full.bin", 1000), "Ask who runs it to make room")]
        );
    }

    private static async Task RefuseAsync(
        Chromium chromium,
        IReadOnlyList<string> arguments,
        (string Path, string? Words)[] files
    )
    {
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false, MoreArguments = arguments }
        );
        await using IBrowserContext profile = await chromium.NewProfileAsync();
        IPage page = await profile.NewPageAsync();
        var link = new Uri(await server.SignInLinkAsync());
        await page.GotoAsync(link.AbsoluteUri);
        await Expect(page).ToHaveURLAsync(link.GetLeftPart(UriPartial.Authority) + "/");
        await page.GotoAsync(link.GetLeftPart(UriPartial.Authority) + "/upload");
        foreach ((string path, string? words) in files)
        {
            await page.SetInputFilesAsync("#file-input", path);
            ILocator row = page.Locator("#uploads .upload", new() { HasText = Path.GetFileName(path) });
            await Expect(row)
                .ToHaveAttributeAsync("data-state", words is null ? "done" : "failed", new() { Timeout = 60_000 });
            if (words is not null)
                await Expect(row.Locator("[data-part=status]")).ToContainTextAsync(words);
        }
        Assert.Equal(
            files.Count(file => file.Words is null),
            (await server.GetJsonAsync("/api/v1/files")).GetProperty("items").GetArrayLength()
        );
    }

    private static string Write(TempFolder folder, string name, int sizeBytes)
    {
        string path = folder.File(name);
        File.WriteAllBytes(path, new byte[sizeBytes]);
        return path;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
