using System.Net;
using System.Text.RegularExpressions;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Pages;

public class PageTests(PortalHost host)
{
    private const string Script = "<script>alert(1)</script>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Titles_and_names_are_text_never_markup()
    {
        PublishedFile file = host.Store.Add(title: Script, name: "\"><img src=x onerror=alert(1)>.mp4");
        using PortalSession session = await PortalSession.SignedInAsync(host);

        foreach (string path in new[] { "/", $"/files/{file.Id}", $"/files/{file.Id}/report", $"/watch/{file.Id}" })
        {
            string html = await session.Client.GetStringAsync(path, Stop);

            Assert.DoesNotContain(Script, html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_page_carries_the_security_headers()
    {
        PublishedFile file = host.Store.Add();
        using PortalSession session = await PortalSession.SignedInAsync(host);
        foreach (
            string path in new[]
            {
                "/",
                "/upload",
                "/report",
                $"/files/{file.Id}",
                $"/files/{file.Id}/report",
                "/files/unknown",
                $"/watch/{file.Id}",
                "/watch/unknown",
                "/sign-in",
                "/nowhere",
            }
        )
        {
            using HttpResponseMessage response = await GetPageAsync(session.Client, path);

            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains(
                Assert.Single(response.Headers.GetValues("Referrer-Policy")),
                new[] { "same-origin", "no-referrer" }
            );
            Assert.True(response.Headers.CacheControl?.NoStore, path);
            string html = await response.Content.ReadAsStringAsync(Stop);
            Assert.DoesNotMatch("<script(?![^>]*\\ssrc=\"/)", html);
            Assert.DoesNotMatch("(?:src|href)=\"https?://(?!127\\.0\\.0\\.1)", html);
            Assert.DoesNotMatch("\\son[a-z]+=\"", html);
        }
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/files/unknown")]
    [InlineData("/files/unknown/report")]
    [InlineData("/watch/unknown")]
    public async Task What_is_not_there_is_a_page_with_status_404(string path)
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);

        using HttpResponseMessage response = await GetPageAsync(session.Client, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Nothing is here", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FileState.Uploading)]
    [InlineData(FileState.Processing)]
    [InlineData(FileState.Failed)]
    [InlineData(FileState.Unpublished)]
    public async Task The_watch_page_shows_published_files_only(FileState state)
    {
        PublishedFile file = host.Store.Add(state);
        using HttpClient viewer = host.Client();

        using HttpResponseMessage response = await GetPageAsync(viewer, $"/watch/{file.Id}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("A film", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_watch_page_needs_no_sign_in_and_says_what_is_shared()
    {
        PublishedFile shared = host.Store.Add();
        PublishedFile unshared = host.Store.Add();
        host.Store.Files[unshared.Id] = unshared with { Policy = PeerPolicy.Off };
        using HttpClient viewer = host.Client();

        string html = await viewer.GetStringAsync($"/watch/{shared.Id}", Stop);
        string off = await viewer.GetStringAsync($"/watch/{unshared.Id}", Stop);

        Assert.Contains($"src=\"/download/{shared.Id}/film.mp4\"", html, StringComparison.Ordinal);
        Assert.Contains("magnet:?xt=urn:btih:", html, StringComparison.Ordinal);
        Assert.Contains("This page uploads nothing from your device.", html, StringComparison.Ordinal);
        Assert.Contains("to other viewers", html, StringComparison.Ordinal);
        Assert.Contains("only our own servers send", off, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_told_as_one()
    {
        PublishedFile folder = host.Store.Add(name: "show", format: TorrentFormat.Hybrid, folderFileCount: 1234);
        using PortalSession session = await PortalSession.SignedInAsync(host);

        string page = await session.Client.GetStringAsync($"/files/{folder.Id}", Stop);
        string watch = await session.Client.GetStringAsync($"/watch/{folder.Id}", Stop);

        Assert.Contains("1,234 files", page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{folder.Content!.InfoHashV2}\"", page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{folder.Content.InfoHash}\"", page, StringComparison.Ordinal);
        Assert.Contains("This is a folder.", watch, StringComparison.Ordinal);
        Assert.Contains("1,234 files", watch, StringComparison.Ordinal);
        Assert.DoesNotContain("<video", watch, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/download/", watch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_saved_and_a_bad_title_is_told()
    {
        PublishedFile file = host.Store.Add(title: "Before");
        using PortalSession session = await PortalSession.SignedInAsync(host);
        string url = $"/files/{file.Id}";

        using HttpResponseMessage saved = await session.SubmitAsync(
            url,
            name: "settings",
            fields: [("Settings.Title", "After"), ("Settings.Policy", "Off")]
        );
        using HttpResponseMessage refused = await session.SubmitAsync(
            url,
            name: "settings",
            fields: [("Settings.Title", "  ")]
        );

        Assert.Equal($"{url}?saved=settings", saved.Headers.Location!.OriginalString);
        Assert.Equal(("After", PeerPolicy.Off), (host.Store.Files[file.Id].Title, host.Store.Files[file.Id].Policy));
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("The title is empty.", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unpublishing_needs_the_form_and_leaves_the_report()
    {
        PublishedFile file = host.Store.Add();
        using PortalSession session = await PortalSession.SignedInAsync(host);
        string url = $"/files/{file.Id}";
        using var forged = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "unpublish" });
        using HttpResponseMessage refused = await session.Client.PostAsync(url, forged, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(FileState.Published, host.Store.Files[file.Id].State);

        using HttpResponseMessage done = await session.SubmitAsync(url, name: "unpublish");

        Assert.Equal($"{url}?saved=unpublished", done.Headers.Location!.OriginalString);
        Assert.Equal(FileState.Unpublished, host.Store.Files[file.Id].State);
        string page = await session.Client.GetStringAsync(url, Stop);
        Assert.DoesNotContain("magnet:", page, StringComparison.Ordinal);
        Assert.Contains($"{url}/report", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_shows_both_ends_and_a_range_of_whole_days()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Reports[file.Id] = SampleReport.Of;
        using PortalSession session = await PortalSession.SignedInAsync(host);

        string html = WebUtility.HtmlDecode(
            await session.Client.GetStringAsync(
                $"/files/{file.Id}/report?from=2026-03-01&through=2026-03-04&bucket=day",
                Stop
            )
        );

        Assert.Contains("30.0–36.0 MB", html, StringComparison.Ordinal);
        Assert.Contains("title=\"30,000,000 bytes to 36,000,000 bytes\"", html, StringComparison.Ordinal);
        Assert.Contains("50–58%", html, StringComparison.Ordinal);
        Assert.Contains("−$0.25 – $0.75", html, StringComparison.Ordinal);
        Assert.Contains("peers cost more than they saved", html, StringComparison.Ordinal);
        Assert.Contains(
            $"/api/v1/files/{file.Id}/report?from=2026-03-01T00:00:00Z&to=2026-03-05T00:00:00Z&bucket=day&format=csv",
            html,
            StringComparison.Ordinal
        );
        Assert.Equal(4, html.Split("<g class=\"column\">").Length - 1);
    }

    [Fact]
    public async Task A_report_tells_nothing_from_not_yet_and_compares()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Reports[file.Id] = SampleReport.Of;
        using PortalSession session = await PortalSession.SignedInAsync(host);
        DateTimeOffset today = TimeProvider.System.GetUtcNow();
        string Day(int days) =>
            today.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        string html = WebUtility.HtmlDecode(
            await session.Client.GetStringAsync(
                $"/files/{file.Id}/report?from={Day(-4)}&through={Day(3)}&bucket=day&compare=before",
                Stop
            )
        );

        // The sample has bytes on the first two days: two days of nothing, today, which grows and has nothing yet, three to come.
        string zeros = Regex.Match(html, "class=\"column-part column-zero\" d=\"([^\"]*)\"").Groups[1].Value;
        Assert.Equal(3, zeros.Count(static letter => letter == 'M'));
        Assert.Equal(1, html.Split("column-back grows-still").Length - 1);
        Assert.Equal(3, html.Split("column-back is-ahead").Length - 1);
        Assert.Equal(4, html.Split("data-testid=\"moved\"").Length - 1);
        Assert.Contains("as before", html, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"compared-with\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_shows_where_bytes_went_what_viewers_bore_and_how_both_groups_fared()
    {
        PublishedFile known = host.Store.Add();
        PublishedFile unknown = host.Store.Add();
        host.Store.Reports[known.Id] = query =>
            SampleReport.Of(query) with
            {
                Regions =
                [
                    new ReportNetwork("CH", null, SampleReport.Bytes(2)),
                    new ReportNetwork(null, null, SampleReport.Bytes(1)),
                ],
                Systems = [new ReportNetwork(null, 64500, SampleReport.Bytes(3))],
                CrossSystem = new ShareRange(0.25, 0.5),
                Uploads = [UploadBin.Of(0, 3), UploadBin.Of(4, 1)],
                Holdout = new HoldoutComparison(
                    new HoldoutGroup(20, 15, 4, 1.25, 60),
                    new HoldoutGroup(5, 5, 0, null, null)
                ),
            };
        host.Store.Reports[unknown.Id] = query =>
            SampleReport.Of(query) with
            {
                Regions = [new ReportNetwork(null, null, SampleReport.Bytes(3))],
            };
        using PortalSession session = await PortalSession.SignedInAsync(host);

        string html = WebUtility.HtmlDecode(await session.Client.GetStringAsync($"/files/{known.Id}/report", Stop));
        string without = WebUtility.HtmlDecode(
            await session.Client.GetStringAsync($"/files/{unknown.Id}/report", Stop)
        );

        Assert.Contains("<th scope=\"row\">CH</th>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">not known</th>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">AS 64500</th>", html, StringComparison.Ordinal);
        Assert.Contains("25–50% of what peers gave", html, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"uploads\"", html, StringComparison.Ordinal);
        Assert.Contains("15 (75%)", html, StringComparison.Ordinal);
        Assert.Contains("1.3 s", html, StringComparison.Ordinal);
        Assert.Contains("differences are mostly chance", html, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"networks-unknown\"", without, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"networks\"", without, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"holdout\"", without, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_files_are_listed_by_what_they_delivered()
    {
        PublishedFile file = host.Store.Add(title: "By file");
        host.Store.Reports[file.Id] = SampleReport.Of;
        // In this range alone: other tests ask for all files as well.
        host.Store.Reports[""] = query =>
            query.From.Month == 3 ? SampleReport.Of(query) : SampleReport.Of(query) with { Bytes = new ReportBytes() };
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using HttpClient api = host.Client(host.ApiKey);

        string html = await session.Client.GetStringAsync("/report?from=2026-03-01&through=2026-03-04", Stop);
        string json = await api.GetStringAsync("/api/v1/report/files?from=2026-03-01&to=2026-03-05&limit=200", Stop);
        string csv = await api.GetStringAsync("/api/v1/report/files?from=2026-03-01&to=2026-03-05&format=csv", Stop);

        Assert.Contains("data-testid=\"report-files\"", html, StringComparison.Ordinal);
        Assert.Contains($"\"fileId\":\"{file.Id}\",\"title\":\"By file\"", json, StringComparison.Ordinal);
        Assert.StartsWith("file,deliveredLow,deliveredHigh,", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("cursor=x")]
    [InlineData("format=xml")]
    [InlineData("from=yesterday")]
    public async Task A_list_by_file_that_cannot_be_understood_is_refused(string query)
    {
        using HttpClient api = host.Client(host.ApiKey);

        using HttpResponseMessage answer = await api.GetAsync($"/api/v1/report/files?{query}", Stop);

        await Problem.AssertAsync(answer, "invalid-request");
    }

    [Fact]
    public async Task A_report_without_data_says_so()
    {
        PublishedFile file = host.Store.Add();
        using PortalSession session = await PortalSession.SignedInAsync(host);

        string html = await session.Client.GetStringAsync($"/files/{file.Id}/report", Stop);

        Assert.Contains("No data in this range", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg viewBox=\"0 0 300", html, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> GetPageAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        return await client.SendAsync(request, Stop);
    }
}
