using System.Net;
using Distribution.Dashboard.Tests.Hosting;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Tests.Text;

/// <summary>What services refuse, and dates, in the language of the page.</summary>
public class SpokenTests(PortalHost host)
{
    private static readonly DateTimeOffset Evening = new(2026, 3, 12, 19, 5, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", "12 Mar 2026, 19:05 UTC", "12 Mar 2026", "12 Mar", "Mar 2026", "March 2026")]
    [InlineData("de", "12. März 2026, 19:05 UTC", "12. März 2026", "12. März", "März 2026", "März 2026")]
    public void Dates_are_written_as_their_reader_does(
        string language,
        string time,
        string date,
        string day,
        string shortMonth,
        string month
    )
    {
        PortalWords words = In(language);

        Assert.Equal(
            [time, date, day, shortMonth, month],
            [
                DateText.Time(Evening, words),
                DateText.Date(Evening, words),
                DateText.Day(Evening, words),
                DateText.ShortMonth(Evening, words),
                DateText.Month(Evening, words),
            ]
        );
    }

    [Fact]
    public void A_refusal_is_English_for_the_API_and_German_on_a_German_page()
    {
        var refusal = new Refusal("A publisher has at most {0} webhooks.", 20);

        Assert.Equal("A publisher has at most 20 webhooks.", refusal.ToString());
        Assert.Equal("A publisher has at most 20 webhooks.", refusal.In(In("en")));
        Assert.Equal("Ein Herausgeber hat höchstens 20 Webhooks.", refusal.In(In("de")));
    }

    [Theory]
    [InlineData(
        "/report?from=2026-03-09&through=2026-03-01",
        "Der Zeitraum endet, bevor er beginnt",
        "The range ends before it begins"
    )]
    [InlineData("/report?from=2026-03-02&through=2026-05-08", "8. Mai 2026", "8 May 2026")]
    public async Task A_German_page_says_nothing_of_it_in_English(string path, string german, string english)
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Language", "de");

        using HttpResponseMessage answer = await session.Client.SendAsync(request, Stop);

        string page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Contains(german, page, StringComparison.Ordinal);
        Assert.DoesNotContain(english, page, StringComparison.Ordinal);
    }

    private static PortalWords In(string language)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = language;
        return new PortalWords(new HttpContextAccessor { HttpContext = context });
    }
}
