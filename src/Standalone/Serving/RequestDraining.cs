namespace Distribution.Standalone.Serving;

/// <summary>
/// On shutdown, requests in flight get a short time to end by themselves and are then cut: a viewer's download takes hours, and what
/// stops after the web server (the ledger, the silo) needs the rest of the time. Clients resume from where they are.
/// </summary>
internal static class RequestDraining
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public static void UseRequestDraining(this WebApplication app)
    {
        TimeProvider clock = app.Services.GetRequiredService<TimeProvider>();
        var cut = new CancellationTokenSource();
        ITimer? timer = null;
        app.Lifetime.ApplicationStopping.Register(() =>
            timer = clock.CreateTimer(_ => cut.Cancel(), null, Grace, Timeout.InfiniteTimeSpan)
        );
        app.Lifetime.ApplicationStopped.Register(() => timer?.Dispose());
        app.Use(
            async (HttpContext context, RequestDelegate next) =>
            {
                await using CancellationTokenRegistration registration = cut.Token.UnsafeRegister(
                    static request => ((HttpContext)request!).Abort(),
                    context
                );
                await next(context);
            }
        );
    }
}
