using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Dashboard.Tests.Browser;

public sealed class BrowserTests(PortalHost host, PortalBrowser browser) : IClassFixture<PortalBrowser>
{
    private const string LongName = "a-very-long-file-name-without-any-gap-that-would-let-a-browser-break-the-line.mp4";

    public static MatrixTheoryData<int, ColorScheme> Looks => new([1280, 390], [ColorScheme.Light, ColorScheme.Dark]);

    [Fact]
    public async Task One_click_on_a_link_signs_in()
    {
        await using IBrowserContext profile = await browser.NewProfileAsync();
        IPage page = await profile.NewPageAsync();

        await page.GotoAsync(host.SignInLinks.Create().Url);

        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_scripts_the_button_signs_in()
    {
        await using IBrowserContext profile = await browser.NewProfileAsync();
        await profile.RouteAsync("**/*.js", route => route.AbortAsync());
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(host.SignInLinks.Create().Url);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
    }

    [Theory, MemberData(nameof(Looks))]
    public async Task Every_page_fits_reads_well_and_keeps_to_itself(int width, ColorScheme scheme)
    {
        PublishedFile file = host.Store.Add(title: LongName, name: LongName);
        host.Store.Swarms[file.Content!.InfoHash.ToString()] = new SwarmSnapshot(1, 2, 1, 3, 2.5, 10, 20, 30);
        host.Store.Reports[file.Id] = SampleReport.Of;
        // Not of older times: another test asks for those, and finds nothing.
        host.Store.Reports[""] = SampleReport.Since2026;
        PublishedFile waiting = host.Store.Add(FileState.Processing);
        string failed = host.Store.Add(FileState.Failed).Id;
        PublishedFile folder = host.Store.Add(name: "show", format: TorrentFormat.Hybrid, folderFileCount: 12);
        host.Store.Swarms[folder.Content!.InfoHash.ToString()] = new SwarmSnapshot(1, 2, 1, 3, 2.5, 10, 20, 30);
        PublishedFile down = host.Store.Add(FileState.Unpublished);
        host.Store.Files[down.Id] = down with { UnpublishedAt = TimeProvider.System.GetUtcNow() };
        (string webhook, string delivery) = await MakeWebhookAsync();
        // In half the time: axe's rules beyond contrast do not depend on the colours.
        bool withAxe = width == 1280 == (scheme == ColorScheme.Light);
        await using IBrowserContext profile = await SignedInAsync(width, scheme);
        IPage page = await profile.NewPageAsync();
        ConcurrentQueue<string> complaints = Watch(page);
        string contrast = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Browser", "contrast.js"),
            TestContext.Current.CancellationToken
        );

        string[] paths =
        [
            "/",
            "/upload",
            $"/files/{file.Id}",
            $"/files/{file.Id}/report?from=2026-03-01&through=2026-03-30",
            $"/files/{file.Id}/report?from=2026-03-01&through=2026-03-03&bucket=hour",
            $"/files/{file.Id}/report?from=2026-03-01&through=2026-03-30&contract=cloudfront",
            $"/files/{waiting.Id}",
            $"/files/{failed}",
            $"/files/{folder.Id}",
            $"/watch/{folder.Id}",
            $"/watch/{file.Id}",
            "/statement/2026-03",
            "/statement/never",
            "/report?from=2027-03-01&through=2027-03-30",
            "/there-is-no-such-page",
            "/report?from=2026-03-01&through=2026-03-30&compare=before",
            $"/files/{waiting.Id}/report?from=2026-03-05&through=2026-03-03",
            "/sign-in",
            "/sign-in?token=used",
            "/sign-in?signed-out=1",
            "/sign-in?error=passkey",
            $"/files/{down.Id}",
            "/settings",
            "/settings/keys",
            "/settings/log",
            "/settings/delivery",
            "/settings/webhooks",
            $"/settings/webhooks/{webhook}?delivery={delivery}",
            "/reference",
            "/server",
            "/server/edges",
            "/server/publishers",
            "/server/takedowns",
            $"/server/takedowns?link={file.Id}",
            "/server/log",
            "/account",
            $"/invitation?token={new string('x', 43)}",
            await InviteAsync(),
        ];
        Assert.Empty(PageRoutes.NotAmong(paths));
        foreach (string path in paths)
        {
            await page.GotoAsync(host.BaseUrl + path);
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(part => { part.open = true; })");
            int overflow = await page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );
            Assert.True(overflow <= 0, $"{path} is {overflow} px too wide.");
            Assert.Empty(await page.EvaluateAsync<string[]>(contrast));
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            if (withAxe)
            {
                string[] violations = await AxeRules.CheckAsync(page);
                Assert.True(violations.Length == 0, string.Join('\n', violations));
            }
            Assert.Equal(
                0,
                await page.Locator("input:not([type=hidden]):not([id]), select:not([id]), button:empty").CountAsync()
            );
        }
        // A browser says of a missing page that it is missing.
        Assert.DoesNotContain(complaints, one => !one.Contains("status of 4", StringComparison.Ordinal));
        if (withAxe)
        {
            await page.EvaluateAsync("document.querySelector('main').append(document.createElement('img'))");
            Assert.Contains("image-alt", Assert.Single(await AxeRules.CheckAsync(page)), StringComparison.Ordinal);
            await page.EvaluateAsync("document.querySelector('main img').remove()");
        }
        await page.EvaluateAsync(
            "const pale = document.createElement('p'); pale.textContent = 'pale'; pale.style.color = 'color-mix(in srgb, var(--ink) 35%, var(--ground))'; document.querySelector('main').append(pale)"
        );
        Assert.Contains(
            "\"pale\"",
            Assert.Single(await page.EvaluateAsync<string[]>(contrast)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_contract_is_chosen_by_a_form()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Reports[file.Id] = SampleReport.Of;
        await using IBrowserContext profile = await SignedInAsync();
        await profile.RouteAsync("**/*.js", route => route.AbortAsync());
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/files/{file.Id}/report?from=2026-03-01&through=2026-03-04");

        await page.GetByLabel("Under another contract").SelectOptionAsync("cloudfront");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();

        await Expect(page.GetByTestId("cost-table")).ToContainTextAsync("Amazon CloudFront, pay as you go");
        Assert.Contains("contract=cloudfront", page.Url, StringComparison.Ordinal);
        await Expect(page.Locator("#from")).ToHaveValueAsync("2026-03-01");
        await Expect(page.Locator("#through")).ToHaveValueAsync("2026-03-04");
        await page.GetByText("How the bills under Amazon CloudFront").ClickAsync();
        await Expect(page.GetByTestId("statement-other").GetByTestId("bill-without-peers")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_format_that_is_chosen_goes_with_the_upload()
    {
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        var said = new ConcurrentDictionary<string, string>();
        // The portal's host has no uploads: the creation alone is looked at.
        await page.RouteAsync(
            "**/api/v1/uploads",
            async route =>
            {
                Dictionary<string, string> metadata = route
                    .Request.Headers["upload-metadata"]
                    .Split(',')
                    .Select(pair => pair.Split(' '))
                    .ToDictionary(pair => pair[0], pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair[1])));
                said[metadata["filename"]] = metadata["format"];
                await route.FulfillAsync(new() { Status = 413 });
            }
        );
        await page.GotoAsync($"{host.BaseUrl}/upload");
        await Expect(page.GetByLabel("v1 Every BitTorrent client takes it.")).ToBeCheckedAsync();

        foreach (string format in (string[])["v1", "hybrid"])
        {
            await page.Locator($"#format-{format}").CheckAsync();
            await page.Locator("#file-input")
                .SetInputFilesAsync(
                    new FilePayload
                    {
                        Name = $"{format}.mp4",
                        MimeType = "video/mp4",
                        Buffer = [1, 2, 3],
                    }
                );
            await Expect(page.Locator(".upload[data-state=failed]", new() { HasText = $"{format}.mp4" }))
                .ToBeVisibleAsync();
        }

        Assert.Equal([("hybrid.mp4", "hybrid"), ("v1.mp4", "v1")], said.Select(file => (file.Key, file.Value)).Order());
    }

    [Fact]
    public async Task The_magnet_is_copied_and_the_button_says_so()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Swarms[file.Content!.InfoHash.ToString()] = new SwarmSnapshot(1, 2, 1, 3, 2.5, 10, 20, 30);
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/files/{file.Id}");
        string magnet = await page.GetByLabel("Magnet link", new() { Exact = true }).InputValueAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Copy magnet link" }).ClickAsync();

        await Expect(page.Locator("button[data-copy=magnet]")).ToHaveTextAsync("Copied");
        Assert.StartsWith("magnet:?xt=urn:btih:", magnet, StringComparison.Ordinal);
        Assert.Equal(magnet, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task The_live_swarm_follows_without_asking_and_can_be_paused()
    {
        PublishedFile file = host.Store.Add();
        InfoHash swarm = file.Content!.InfoHash;
        var first = new SwarmSnapshot(1, 2, 1, 3, 2.5, 0, 0, 0);
        host.Store.Swarms[swarm.ToString()] = first;
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        ConcurrentQueue<string> complaints = Watch(page);
        await page.GotoAsync($"{host.BaseUrl}/files/{file.Id}");
        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("1");
        await Expect(page.GetByTestId("health")).ToContainTextAsync("It answers, and has the whole file.");
        await host.Store.Watched.CallsOf(swarm).ReadAsync(TestContext.Current.CancellationToken);

        await host.Store.Watched.ShowAsync(
            swarm,
            WatchedSwarms.Live(
                first with
                {
                    Seeders = 4321,
                    PeerBytesPerSecond = 1_500_000,
                },
                7,
                [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
            )
        );

        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("4,321", new() { Timeout = 20_000 });
        await Expect(page.Locator("[data-field=browsers]")).ToHaveTextAsync("7");
        await Expect(page.Locator("[data-field=peerBytesPerSecond]")).ToHaveTextAsync("12.0 Mbit/s");
        await Expect(page.Locator("[data-field=nearShare]").First).ToHaveTextAsync("25%");
        await Expect(page.Locator("[data-field=nearShare]").Last).ToHaveTextAsync("75%");
        await Expect(page.Locator("[data-live-age]")).ToContainTextAsync("updated");
        ILocator table = page.GetByRole(
            AriaRole.Table,
            new() { Name = "Who is downloading, by how much of the file they hold" }
        );
        await Expect(table.GetByRole(AriaRole.Cell).Nth(9)).ToHaveTextAsync("1");
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "90–100 percent" })).ToBeVisibleAsync();

        ILocator pause = page.GetByRole(AriaRole.Button, new() { Name = "Pause" });
        await pause.ClickAsync();
        await Expect(page.Locator("[data-live-age]")).ToContainTextAsync("paused");
        await Expect(pause).ToHaveAttributeAsync("aria-pressed", "true");
        await host.Store.Watched.ShowAsync(swarm, WatchedSwarms.Live(first with { Seeders = 5 }));
        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("4,321");
        await pause.ClickAsync();
        await Expect(page.Locator("[data-field=seeders]")).ToHaveTextAsync("5", new() { Timeout = 20_000 });
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_page_that_waits_shows_the_links_when_they_are_there()
    {
        PublishedFile published = host.Store.Add();
        PublishedFile waiting = published with { State = FileState.Processing, Content = null };
        host.Store.Files[published.Id] = waiting;
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/files/{published.Id}");
        await Expect(page.GetByTestId("state")).ToHaveTextAsync("Processing");

        host.Store.Files[published.Id] = published;

        await Expect(page.GetByLabel("Magnet link", new() { Exact = true }))
            .ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task Unpublishing_asks_first_and_works_by_keyboard()
    {
        PublishedFile file = host.Store.Add();
        await using IBrowserContext profile = await SignedInAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"{host.BaseUrl}/files/{file.Id}");
        ILocator button = page.GetByRole(AriaRole.Button, new() { Name = "Unpublish this file" });
        await Expect(button).ToBeHiddenAsync();

        await page.Locator(".danger summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(button).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByTestId("state")).ToHaveTextAsync("Unpublished");
        Assert.Equal(FileState.Unpublished, host.Store.Files[file.Id].State);
    }

    /// <summary>The path of an invitation that can be taken up.</summary>
    private async Task<string> InviteAsync()
    {
        using HttpClient owner = host.Client(host.ApiKey);
        using HttpResponseMessage made = await owner.PostAsJsonAsync(
            "/api/v1/invitations",
            new { role = "analyst" },
            TestContext.Current.CancellationToken
        );
        JsonElement invitation = await made.Content.ReadFromJsonAsync<JsonElement>();
        return new Uri(invitation.GetProperty("url").GetString()!).PathAndQuery;
    }

    /// <summary>A webhook of which nothing arrives, and one that was to.</summary>
    private async Task<(string Webhook, string Delivery)> MakeWebhookAsync()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using HttpClient owner = host.Client(host.ApiKey);
        // The list is full after twenty.
        JsonElement list = await owner.GetFromJsonAsync<JsonElement>("/api/v1/webhooks", stop);
        foreach (JsonElement old in list.GetProperty("items").EnumerateArray())
        {
            if (old.GetProperty("note").GetString() == LongName)
                await owner.DeleteAsync($"/api/v1/webhooks/{old.GetProperty("id").GetString()}", stop);
        }
        using HttpResponseMessage made = await owner.PostAsJsonAsync(
            "/api/v1/webhooks",
            new
            {
                url = $"http://127.0.0.1:1/{LongName}",
                events = new[] { "*" },
                note = LongName,
            },
            stop
        );
        string webhook = (await made.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("id").GetString()!;
        using HttpResponseMessage sent = await owner.PostAsync($"/api/v1/webhooks/{webhook}/test", null, stop);
        string delivery = (await sent.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("id").GetString()!;
        // Port 1 has no listener: the first attempt is in the log at once.
        string log;
        do log = await owner.GetStringAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery}", stop);
        while (log.Contains("\"attempts\":[]", StringComparison.Ordinal));
        return (webhook, delivery);
    }

    private async Task<IBrowserContext> SignedInAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        // Words are longest where there is the least room.
        string locale = width < 1000 ? "de-DE" : "en-US";
        IBrowserContext profile = await browser.NewProfileAsync(width, scheme, locale: locale);
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(host.SignInLinks.Create().Url);
        await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");
        await page.CloseAsync();
        return profile;
    }

    private ConcurrentQueue<string> Watch(IPage page)
    {
        var complaints = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Enqueue($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => complaints.Enqueue($"{page.Url}: {error}");
        page.Request += (_, request) =>
        {
            bool own =
                request.Url.StartsWith(host.BaseUrl, StringComparison.Ordinal)
                || request.Url.StartsWith("data:", StringComparison.Ordinal);
            if (!own)
                complaints.Enqueue($"{page.Url} asked {request.Url}");
        };
        return complaints;
    }
}
