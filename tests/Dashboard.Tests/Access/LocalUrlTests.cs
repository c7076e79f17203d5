using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Tests.Access;

public class LocalUrlTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/files/abc?saved=1")]
    [InlineData("/report?from=2026-01-01")]
    public void Own_paths_are_kept(string url) => Assert.Equal(url, LocalUrl.OrHome(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData(" //evil.example")]
    [InlineData("evil")]
    public void Everything_else_leads_home(string? url) => Assert.Equal("/", LocalUrl.OrHome(url));
}
