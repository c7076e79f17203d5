using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>
/// Uploads through a real browser over a network that goes away. The size is 24 MiB, or <c>DISTRIBUTION_TEST_UPLOAD_MIB</c>: the long form.
/// </summary>
public sealed class BrowserUploadTests : IAsyncLifetime
{
    private const int UsualMib = 24;
    private const int Cuts = 3;

    // A cut comes after a second at the earliest, so that the browser has something to lose.
    private const double UsualBytesPerSecond = 12e6;
    private const double LongBytesPerSecond = 60e6;

    private readonly TempFolder _temp = new();
    private readonly int _mib = Environment.GetEnvironmentVariable("DISTRIBUTION_TEST_UPLOAD_MIB") is { } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : UsualMib;
    private ThrottledPortal _portal = null!;

    private long SizeBytes => (long)_mib << 20;

    private TimeSpan Patience => TimeSpan.FromSeconds(60 + _mib / 4);

    public async ValueTask InitializeAsync() =>
        _portal = await ThrottledPortal.StartAsync(_mib > UsualMib ? LongBytesPerSecond : UsualBytesPerSecond);

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task An_upload_survives_three_losses_of_the_network_and_goes_on_after_a_reload()
    {
        (string path, string sha256) = await MakeAsync();
        await using IBrowserContext profile = await _portal.Chromium.NewProfileAsync();
        IPage page = await _portal.SignInAsync(profile);
        // Leaving is warned of while something is under way.
        var warnings = new List<string>();
        page.Dialog += async (_, dialog) =>
        {
            warnings.Add(dialog.Type);
            await dialog.AcceptAsync();
        };

        ILocator row = await ChooseAsync(page, path);
        for (int cut = 1; cut <= Cuts; cut++)
        {
            await SentAsync(SizeBytes * cut / (Cuts + 2));
            _portal.Network.GoDown();
            await Expect(row).ToHaveAttributeAsync("data-state", "reconnecting", Long());
            await Expect(row.Locator("[data-part=status]")).ToContainTextAsync("Connection lost");
            _portal.Network.Restore();
            await Expect(row).ToHaveAttributeAsync("data-state", "uploading", Long());
        }
        await SentAsync(SizeBytes * (Cuts + 1) / (Cuts + 2));
        await page.ReloadAsync();
        Assert.Equal([DialogType.BeforeUnload], warnings);
        await Expect(page.Locator("#unfinished .upload")).ToHaveCountAsync(1);
        row = await ChooseAsync(page, path);
        await Expect(row).ToHaveAttributeAsync("data-state", "done", Long());

        JsonElement file = Assert.Single(
            (await _portal.Server.GetJsonAsync("/api/v1/files")).GetProperty("items").EnumerateArray()
        );
        Assert.Equal(sha256, PublishedVideo.Read(file).Sha256);
        // What was sent before a loss was not sent again, but for what was on its way.
        Assert.InRange(_portal.Network.BytesToServer, SizeBytes, SizeBytes + (Cuts + 1) * (4L << 20));
    }

    private async Task<ILocator> ChooseAsync(IPage page, string path)
    {
        await page.SetInputFilesAsync("#file-input", path);
        ILocator row = page.Locator("#uploads .upload");
        await Expect(row).ToHaveAttributeAsync("data-state", "uploading", Long());
        return row;
    }

    private Task SentAsync(long bytes) =>
        Wait.UntilAsync(
            () => Task.FromResult(_portal.Network.BytesToServer >= bytes),
            Patience,
            $"{bytes} bytes have gone to the server"
        );

    private LocatorAssertionsToHaveAttributeOptions Long() => new() { Timeout = (float)Patience.TotalMilliseconds };

    private async Task<(string Path, string Sha256)> MakeAsync()
    {
        string path = _temp.File("film.bin");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = File.Create(path);
        for (int i = 0; i < _mib; i++)
        {
            byte[] block = RandomNumberGenerator.GetBytes(1 << 20);
            hash.AppendData(block);
            await file.WriteAsync(block, TestContext.Current.CancellationToken);
        }
        return (path, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
