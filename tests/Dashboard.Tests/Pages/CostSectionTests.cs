using System.Net;
using System.Text.RegularExpressions;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Pages;

public sealed partial class CostSectionTests(PortalHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_tells_how_its_bills_came_about()
    {
        string text = await ReadAsync("");

        Assert.Contains("Own contract", text, StringComparison.Ordinal);
        Assert.Contains(
            "For the high figure of what was delivered: $1.50 − $0.75 = $0.75.",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "For the low figure of what was delivered: $0.50 − $0.75 = −$0.25.",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("Traffic: 0 to 10 GB of the month 0.009 GB $50.00 / GB $0.45", text, StringComparison.Ordinal);
        Assert.Contains("Edges 0.006 GB $50.00 / GB $0.30", text, StringComparison.Ordinal);
        Assert.Contains("at the low end, peers cost more than they saved", text, StringComparison.Ordinal);
        Assert.DoesNotContain("what if", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_holds_another_contract_and_shows_it_beside_the_own_one()
    {
        string text = await ReadAsync("&contract=bunny-standard");

        Assert.Contains("Own contract yours $0.50 – $1.50 $0.75 −$0.25 – $0.75", text, StringComparison.Ordinal);
        Assert.Contains("bunny.net, standard network what if $0.0001 $0.0001 ", text, StringComparison.Ordinal);
        Assert.Contains("https://docs.bunny.net/cdn/pricing.md", text, StringComparison.Ordinal);
        Assert.Contains("read 24 Nov 2026", text, StringComparison.Ordinal);
        Assert.Contains("33.3333%", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_choice_stays_in_the_range_s_form_and_links()
    {
        (string html, _) = await OpenAsync("&contract=bunny-standard");

        Assert.Contains("<option value=\"bunny-standard\" selected", html, StringComparison.Ordinal);
        Assert.Contains("name=\"contract\" value=\"bunny-standard\"", html, StringComparison.Ordinal);
        Assert.Contains("&amp;contract=bunny-standard\">7 days", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_in_another_currency_is_not_converted()
    {
        string text = await ReadAsync("&contract=baidu-cdn");

        Assert.Contains("This contract is in CNY, yours in USD: nothing is converted", text, StringComparison.Ordinal);
        Assert.Contains(" CNY / GB", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flat_plan_is_said_to_save_nothing()
    {
        string text = await ReadAsync("&contract=cloudfront-pro");

        Assert.Contains(
            "Under Amazon CloudFront, flat plan Pro, peers saved nothing in this range.",
            text,
            StringComparison.Ordinal
        );
        // 1 to 4 March are 96 of March's 744 hours.
        Assert.Contains("Fee 96 of 744 hours $15.00 / month", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_contract_is_told_and_the_own_report_shown()
    {
        string text = await ReadAsync("&contract=%3Cscript%3E");

        Assert.Contains("There is no such contract", text, StringComparison.Ordinal);
        Assert.Contains("Own contract", text, StringComparison.Ordinal);
    }

    private async Task<string> ReadAsync(string query) => (await OpenAsync(query)).Text;

    private async Task<(string Html, string Text)> OpenAsync(string query)
    {
        PublishedFile file = host.Store.Add();
        host.Store.Reports[file.Id] = SampleReport.Of;
        using PortalSession session = await PortalSession.SignedInAsync(host);
        string html = await session.Client.GetStringAsync(
            $"/files/{file.Id}/report?from=2026-03-01&through=2026-03-04{query}",
            Stop
        );
        return (html, Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(html, " ")), " "));
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
