using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Tests.Access;

public sealed class BrowserTextTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux")]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
        "Edge, Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
        "Chrome, Android"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Safari, iPhone"
    )]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("<script>alert(1)</script>", "")]
    [InlineData("", "")]
    public void A_browser_is_called_what_its_owner_calls_it(string said, string words) =>
        Assert.Equal(words, BrowserText.Of(said));
}
