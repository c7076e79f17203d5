using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Text;

/// <summary>No page says a word that the other language lacks.</summary>
public sealed partial class PortalWordsTests(PortalHost host)
{
    /// <summary>Components that speak English alone. Whoever translates one takes it off; the test says if it is on without need.</summary>
    private static readonly string[] NotYet = [];

    /// <summary>The same in every language.</summary>
    private static readonly string[] Names = ["Distribution", "CSV", "JSON", "SHA-256"];

    private static readonly string Folder = Path.Combine(
        typeof(PortalWordsTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == "RepositoryRoot")
            .Value!,
        "src",
        "Dashboard"
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_word_is_there_in_German_with_the_same_places_and_none_is_left_over()
    {
        Dictionary<string, string> german = XDocument
            .Load(Path.Combine(Folder, "Text", "PortalText.German.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);
        HashSet<string> asked =
        [
            .. Sources("*.razor", "*.cs")
                .SelectMany(file => Asked().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value),
        ];

        Assert.NotEmpty(asked);
        // The compiler of resources takes one of two names that differ in case alone.
        Assert.Equal(german.Count, german.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Empty(asked.Except(german.Keys));
        Assert.Empty(german.Keys.Except(asked));
        Assert.All(german, word => Assert.Equal(Places(word.Key), Places(word.Value)));
        Assert.All(german.Values, value => Assert.False(string.IsNullOrWhiteSpace(value)));
    }

    [Fact]
    public void No_component_has_words_of_its_own()
    {
        string[] speaking =
        [
            .. Sources("*.razor")
                .Where(file => WordsIn(File.ReadAllText(file)).Any())
                .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')),
        ];

        Assert.Empty(speaking.Except(NotYet).Select(Explain));
        Assert.Empty(NotYet.Except(speaking));
    }

    [Theory]
    [InlineData("<p>Some words</p>", "Some words")]
    [InlineData("<button\n    type=\"button\">\n    Press it\n</button>", "Press it")]
    [InlineData("<a aria-label=\"Close it\">@L[\"x\"]</a>", "Close it")]
    [InlineData("@if (a > b)\n{\n    <p>@name is here</p>\n}", "is here")]
    [InlineData("<p>@L[\"Some words\"] @(a > 3 ? L[\"one\"] : L[\"two\"])</p>", null)]
    [InlineData("<code>distribution edge --server</code>", null)]
    [InlineData(
        "@foreach (List<string> one in many)\n{\n    <td data-label=\"@L[\"x\"]\">@one</td>\n}\n@code {\n    string a = \"<p>Some words</p>\";\n}",
        null
    )]
    public void Words_are_told_from_code(string razor, string? found) =>
        Assert.Equal(found, WordsIn(razor).FirstOrDefault());

    [Theory]
    [InlineData("de-AT,de;q=0.9,en;q=0.5", null, "de", "Abmelden")]
    [InlineData("fr, en;q=0.5, de;q=0.4", null, "en", "Sign out")]
    [InlineData("de;q=0, *", null, "en", "Sign out")]
    [InlineData("de", "en", "en", "Sign out")]
    [InlineData("en", "de", "de", "Abmelden")]
    [InlineData("not a list;;q=7", null, "en", "Sign out")]
    public async Task A_page_speaks_what_was_chosen_else_what_the_browser_asks_for(
        string asked,
        string? chosen,
        string language,
        string word
    )
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        if (chosen is not null)
        {
            using var form = new FormUrlEncodedContent([new("language", chosen), new("back", "/report?bucket=day")]);
            using HttpResponseMessage answer = await session.Client.PostAsync("/language", form, Stop);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("/report?bucket=day", answer.Headers.Location!.OriginalString);
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, "/server");
        request.Headers.TryAddWithoutValidation("Accept-Language", asked);

        using HttpResponseMessage page = await session.Client.SendAsync(request, Stop);

        string html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains($">{word}</button>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "/")]
    [InlineData("", "/")]
    public async Task A_language_that_is_not_there_is_refused(string language, string back)
    {
        using HttpClient client = host.Client();
        using var form = new FormUrlEncodedContent([new("language", language), new("back", back)]);

        using HttpResponseMessage answer = await client.PostAsync("/language", form, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task The_switch_leads_to_no_other_site()
    {
        using HttpClient client = host.Client();
        using var form = new FormUrlEncodedContent([new("language", "de"), new("back", "//evil.example/")]);

        using HttpResponseMessage answer = await client.PostAsync("/language", form, Stop);

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    private static string Explain(string file) =>
        $"{file}: {string.Join(" | ", WordsIn(File.ReadAllText(Path.Combine(Folder, file))))}";

    private static IEnumerable<string> Sources(params string[] patterns) =>
        patterns
            .SelectMany(pattern => Directory.EnumerateFiles(Folder, pattern, SearchOption.AllDirectories))
            .Where(file =>
                !Path.GetRelativePath(Folder, file)
                    .Split(Path.DirectorySeparatorChar)
                    .Any(part => part is "obj" or "bin" or "node_modules")
            );

    private static IEnumerable<string> Places(string text) =>
        Place().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

    /// <summary>What a component says by itself: texts between tags and attributes that are read out.</summary>
    private static IEnumerable<string> WordsIn(string razor)
    {
        int code = razor.StartsWith("@code", StringComparison.Ordinal)
            ? 0
            : razor.IndexOf("\n@code", StringComparison.Ordinal);
        string markup = Comment().Replace(code < 0 ? razor : razor[..code], "");
        markup = CodeElement().Replace(markup, "");
        // Inner parentheses first, until no expression is left.
        markup = Directive().Replace(markup, "");
        string before;
        do
        {
            before = markup;
            markup = Parentheses().Replace(Brackets().Replace(markup, ""), "");
        } while (markup != before);
        markup = Statement().Replace(markup, "");
        markup = Expression().Replace(markup, "");
        return SpokenAttribute()
            .Matches(markup)
            .Concat(TextNode().Matches(markup))
            .Select(match => match.Groups[1].Value.Trim())
            .Where(text =>
                Word().IsMatch(text) && !Names.Contains(text.Replace("·", "", StringComparison.Ordinal).Trim())
            );
    }

    [GeneratedRegex("(?:\\b(?:L|words)\\[\\s*|new Refusal\\(\\s*)\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Asked();

    [GeneratedRegex("\\{[0-9]\\}")]
    private static partial Regex Place();

    [GeneratedRegex("@\\*.*?\\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("<(code|pre)\\b.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex CodeElement();

    [GeneratedRegex("^@(page|attribute|inject|inherits|using|implements|layout)\\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex("\\([^()]*\\)")]
    private static partial Regex Parentheses();

    [GeneratedRegex("\\[[^\\[\\]]*\\]")]
    private static partial Regex Brackets();

    // What is left of statements once their parentheses are gone.
    [GeneratedRegex(
        "^\\s*(@?(if|else if|else|foreach|for|switch|while|return|case|break|default)\\b[^<\\n]*|[A-Za-z_][\\w<>?, ]* [\\w]+ = .*;|\\w+\\+\\+;|.*;)\\s*$",
        RegexOptions.Multiline
    )]
    private static partial Regex Statement();

    [GeneratedRegex("@(if|else)?[\\w.?!]*")]
    private static partial Regex Expression();

    [GeneratedRegex("\\b(?:aria-label|title|placeholder|alt|Title|Label|Caption|Summary|OpenText)=\"([^\"]*)\"")]
    private static partial Regex SpokenAttribute();

    [GeneratedRegex("(?<=[>}])([^<>{}]+)(?=[<{])")]
    private static partial Regex TextNode();

    [GeneratedRegex("[A-Za-zÄÖÜäöüß]{2,}")]
    private static partial Regex Word();
}
