using Microsoft.Playwright;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>What axe-core finds wrong by WCAG 2.2 A and AA.</summary>
internal static class AxeRules
{
    /// <summary>A line each.</summary>
    public static async Task<string[]> CheckAsync(IPage page)
    {
        await page.EvaluateAsync(
            await File.ReadAllTextAsync(
                Path.Combine(AppContext.BaseDirectory, "Browser", "axe.min.js"),
                TestContext.Current.CancellationToken
            )
        );
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
              .violations.flatMap(rule => rule.nodes.map(node => `${location.pathname} ${rule.id}: ${node.html.slice(0, 200)}`))
            """
        );
    }
}
