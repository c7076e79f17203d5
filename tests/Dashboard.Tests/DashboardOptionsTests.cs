using Microsoft.Extensions.Options;

namespace Distribution.Dashboard.Tests;

public class DashboardOptionsTests
{
    [Fact]
    public void Defaults_with_a_folder_can_be_used() =>
        Assert.Empty(new DashboardOptions { KeysFolder = "keys" }.Validate());

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var options = new DashboardOptions
        {
            KeysFolder = " ",
            SessionLifetime = TimeSpan.Zero,
            SignInLinkLifetime = TimeSpan.FromDays(8),
            MaxLiveViewers = 0,
            MaxLiveViewersPerFile = -1,
        };

        var refusal = Assert.Throws<OptionsValidationException>(() =>
            WebApplication.CreateBuilder().AddDashboard(options)
        );

        Assert.Equal(5, refusal.Failures.Count());
    }
}
