using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>Folders and new versions on the real upload page, in a real browser whose network a proxy slows and cuts.</summary>
public sealed class FolderUploadTests : IAsyncLifetime
{
    // Half a minute for the folder: enough to do something in its middle on a busy machine. What is left then goes fast.
    private const double SlowBytesPerSecond = 3e5;
    private const double FastBytesPerSecond = 1e8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _temp = new();
    private ThrottledPortal _portal = null!;

    public async ValueTask InitializeAsync() => _portal = await ThrottledPortal.StartAsync(FastBytesPerSecond);

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_dropped_folder_becomes_the_torrent_that_the_command_line_makes_of_it()
    {
        using var show = new TestShow();
        await using IBrowserContext profile = await _portal.Chromium.NewProfileAsync();
        IPage page = await _portal.SignInAsync(profile);
        _portal.Network.BytesPerSecond = SlowBytesPerSecond;
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();

        await DropAsync(page, show.Path);
        ILocator row = page.Locator("#uploads .upload");
        await Expect(row).ToHaveAttributeAsync("data-state", "uploading", Long());
        await Expect(row.Locator("[data-part=kind]")).ToContainTextAsync("7 files");
        // Typed while figures change around it, saved by Enter; the policy by its own change.
        ILocator title = row.GetByLabel("Title");
        await title.FillAsync("Die Serie");
        await SentAsync(TestShow.SizeBytes / 20);
        await Expect(title).ToHaveValueAsync("Die Serie");
        await title.PressAsync("Enter");
        await Expect(row.Locator("[data-part=said]")).ToHaveTextAsync("Saved.");
        await row.GetByLabel("Peers").SelectOptionAsync("off");
        await Expect(row.Locator("[data-part=said]")).ToHaveTextAsync("Saved.");
        Assert.Equal("off", Assert.Single(await FilesAsync()).GetProperty("policy").GetString());

        _portal.Network.GoDown();
        await Expect(row).ToHaveAttributeAsync("data-state", "reconnecting", Long());
        _portal.Network.Restore();
        await Expect(row).ToHaveAttributeAsync("data-state", "uploading", Long());
        await page.ReloadAsync();
        await Expect(page.Locator("#unfinished")).ToContainTextAsync("the same folder again");
        _portal.Network.BytesPerSecond = FastBytesPerSecond;
        await DropAsync(page, show.Path);
        await Expect(row.GetByLabel("Title")).ToHaveValueAsync("Die Serie");
        await Expect(row).ToHaveAttributeAsync("data-stage", "ready", Long());
        await Expect(row.Locator(".stages .is-reached")).ToHaveCountAsync(5);

        JsonElement file = Assert.Single(await FilesAsync());
        Assert.Equal("Die Serie", file.GetProperty("title").GetString());
        Assert.Equal("off", file.GetProperty("policy").GetString());
        // What was sent before the losses was not sent again, but for what was on its way.
        Assert.InRange(_portal.Network.BytesToServer, TestShow.SizeBytes, TestShow.SizeBytes + (4L << 20));
        PublishedVideo again = await _portal.Server.PublishAsync(show.Path);
        Assert.Equal(again.InfoHash, file.GetProperty("infoHash").GetString());
        Assert.Equal(again.Sha256, file.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task A_new_version_stands_beside_the_old_one_and_the_shown_curl_command_makes_the_same_file()
    {
        string old = await WriteAsync("it's a clip.bin", 300_000);
        PublishedVideo first = await _portal.Server.PublishAsync(old);
        await using IBrowserContext profile = await _portal.Chromium.NewProfileAsync();
        IPage page = await _portal.SignInAsync(profile);
        await page.GotoAsync($"{_portal.Url}/files/{first.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Publish a new version" }).ClickAsync();

        await page.SetInputFilesAsync("#file-input", await WriteAsync("it's a clip, cut anew.bin", 400_000));
        ILocator row = page.Locator("#uploads .upload");
        await Expect(row).ToHaveAttributeAsync("data-stage", "ready", Long());
        string? command = await page.Locator("[data-curl-of=file] code").TextContentAsync();
        await row.GetByRole(AriaRole.Link, new() { NameRegex = new("^Get its links") }).ClickAsync();

        ILocator versions = page.GetByTestId("versions").Locator("tbody tr");
        await Expect(versions).ToHaveCountAsync(2);
        await Expect(versions.Nth(0).GetByTestId("current")).ToBeVisibleAsync();
        await Expect(versions.Nth(1)).ToContainTextAsync(first.InfoHash);
        await page.GotoAsync($"{_portal.Url}/watch/{first.Id}");
        await page.GetByRole(AriaRole.Note).GetByRole(AriaRole.Link).ClickAsync();
        JsonElement[] files = await FilesAsync();
        JsonElement second = files.Single(file => file.GetProperty("id").GetString() != first.Id);
        await Expect(page).ToHaveURLAsync($"{_portal.Url}/watch/{second.GetProperty("id").GetString()}");
        Assert.Equal(first.Id, second.GetProperty("replaces").GetString());
        Assert.Equal("it's a clip.bin", second.GetProperty("title").GetString());

        // Pasted as it is shown.
        await using RunningProgram shell = RunningProgram.Start(
            "bash",
            ["-c", command!],
            _temp.Path,
            new Dictionary<string, string> { ["KEY"] = _portal.Server.ApiKey }
        );
        int status = await shell.ExitAsync(Patience);
        Assert.True(status == 0, shell.Transcript());
        JsonElement third = (await FilesAsync()).ExceptBy(files.Select(IdOf), IdOf).Single();
        foreach (string same in (string[])["name", "title", "size", "sha256", "infoHash", "replaces", "format"])
            Assert.Equal(second.GetProperty(same).ToString(), third.GetProperty(same).ToString());
    }

    private static string? IdOf(JsonElement file) => file.GetProperty("id").GetString();

    private async Task<JsonElement[]> FilesAsync() =>
        [.. (await _portal.Server.GetJsonAsync("/api/v1/files")).GetProperty("items").EnumerateArray()];

    private async Task<string> WriteAsync(string name, int lengthBytes)
    {
        string path = _temp.File(name);
        var bytes = new byte[lengthBytes];
        new Random(lengthBytes).NextBytes(bytes);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>As a file manager does it: the browser gets a path, and reads the folder by itself.</summary>
    private static async Task DropAsync(IPage page, string path)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        foreach (string type in (string[])["dragEnter", "dragOver", "drop"])
            await session.SendAsync(
                "Input.dispatchDragEvent",
                new Dictionary<string, object>
                {
                    ["type"] = type,
                    ["x"] = 400,
                    ["y"] = 300,
                    ["data"] = new Dictionary<string, object>
                    {
                        ["items"] = Array.Empty<object>(),
                        ["files"] = new[] { path },
                        ["dragOperationsMask"] = 1,
                    },
                }
            );
        await session.DetachAsync();
    }

    private Task SentAsync(long bytes) =>
        Wait.UntilAsync(
            () => Task.FromResult(_portal.Network.BytesToServer >= bytes),
            Patience,
            $"{bytes} bytes have gone to the server"
        );

    private static LocatorAssertionsToHaveAttributeOptions Long() =>
        new() { Timeout = (float)Patience.TotalMilliseconds };
}
