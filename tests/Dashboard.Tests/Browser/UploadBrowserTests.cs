using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>What the upload page makes of the server's refusals, and of changes that others make meanwhile.</summary>
public sealed class UploadBrowserTests(PortalHost host, PortalBrowser browser) : IClassFixture<PortalBrowser>
{
    [Fact]
    public async Task Each_refusal_says_what_to_do()
    {
        (string Name, int Status, string Slug, string Says)[] refusals =
        [
            ("quota.mp4", 413, "quota-exceeded", "Ask who runs the server for more"),
            ("large.mp4", 413, "upload-too-large", "Make it smaller"),
            ("proxy.mp4", 413, "", "Make it smaller"),
            ("full.mp4", 507, "insufficient-storage", "Ask who runs it to make room"),
            ("type.mp4", 415, "", "does not let this type of content pass"),
            ("name.mp4", 400, "invalid-name", "Rename it on this computer"),
            ("many.mp4", 400, "invalid-request", "The server refused (400). Because of many.mp4"),
            ("ended.mp4", 401, "unauthorized", "Sign in again in another tab"),
        ];
        IPage page = await OpenAsync();
        await page.RouteAsync(
            "**/api/v1/uploads",
            async route =>
            {
                string header = route.Request.Headers["upload-metadata"];
                (string name, int status, string slug, _) = refusals.Single(one =>
                    header.Contains(
                        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(one.Name)),
                        StringComparison.Ordinal
                    )
                );
                await route.FulfillAsync(
                    new()
                    {
                        Status = status,
                        ContentType = "application/problem+json",
                        Body =
                            slug.Length == 0
                                ? "<html>a proxy's words</html>"
                                : JsonSerializer.Serialize(
                                    new { type = $"urn:distribution:problem:{slug}", detail = $"Because of {name}." }
                                ),
                    }
                );
            }
        );

        await page.Locator("#file-input")
            .SetInputFilesAsync(
                refusals.Select(one => new FilePayload
                {
                    Name = one.Name,
                    MimeType = "video/mp4",
                    Buffer = [1, 2, 3],
                })
            );

        foreach ((string name, _, _, string says) in refusals)
            await Expect(
                    page.Locator(".upload[data-state=failed]", new() { HasText = name }).Locator("[data-part=status]")
                )
                .ToContainTextAsync(says);
        // The rows are made by the script: no look at the page without one sees them.
        Assert.Empty(await AxeRules.CheckAsync(page));
    }

    [Fact]
    public async Task A_file_chosen_before_the_script_has_come_is_taken_too()
    {
        IPage page = await OpenAsync();
        var comes = new TaskCompletionSource();
        await page.RouteAsync(
            "**/upload*.js",
            async route =>
            {
                await comes.Task;
                await route.ContinueAsync();
            }
        );
        await page.RouteAsync("**/api/v1/uploads", route => route.FulfillAsync(new() { Status = 413 }));
        await page.GotoAsync($"{host.BaseUrl}/upload", new() { WaitUntil = WaitUntilState.Commit });

        await page.Locator("#file-input")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "early.mp4",
                    MimeType = "video/mp4",
                    Buffer = [1],
                }
            );
        comes.SetResult();

        await Expect(page.Locator("#uploads .upload")).ToContainTextAsync("early.mp4");
    }

    [Fact]
    public async Task What_is_typed_stays_when_somebody_else_changes_the_file()
    {
        PublishedFile file = host.Store.Add(FileState.Uploading, title: "as it began");
        IPage page = await OpenAsync();
        // The portal's host has no uploads: one that begins and never ends.
        await page.RouteAsync(
            "**/api/v1/uploads",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        Status = 201,
                        Headers = new Dictionary<string, string>
                        {
                            ["Location"] = $"/api/v1/uploads/{file.Id}",
                            ["Tus-Resumable"] = "1.0.0",
                        },
                    }
                )
        );
        await page.RouteAsync("**/api/v1/uploads/*", static _ => Task.CompletedTask);
        await page.Locator("#file-input")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "a.mp4",
                    MimeType = "video/mp4",
                    Buffer = [1, 2, 3],
                }
            );
        ILocator row = page.Locator(".upload");
        ILocator title = row.GetByLabel("Title");
        ILocator said = row.Locator("[data-part=said]");
        await Expect(title).ToHaveValueAsync("as it began");

        // The state is another, which is nothing to a title: saved.
        host.Store.Files[file.Id] = file with
        {
            State = FileState.Processing,
        };
        await title.FillAsync("mine");
        await title.PressAsync("Enter");
        await Expect(said).ToHaveTextAsync("Saved.");
        Assert.Equal("mine", host.Store.Files[file.Id].Title);

        host.Store.Files[file.Id] = host.Store.Files[file.Id] with { Title = "theirs" };
        await title.FillAsync("mine again");
        await title.PressAsync("Enter");
        await Expect(said).ToContainTextAsync("to “theirs”");
        await Expect(title).ToHaveValueAsync("mine again");
        Assert.Equal("theirs", host.Store.Files[file.Id].Title);

        await row.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(said).ToHaveTextAsync("Saved.");
        Assert.Equal("mine again", host.Store.Files[file.Id].Title);
    }

    private async Task<IPage> OpenAsync()
    {
        IBrowserContext profile = await browser.NewProfileAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(host.SignInLinks.Create().Url);
        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
        await page.GotoAsync($"{host.BaseUrl}/upload");
        return page;
    }
}
