using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Text;

/// <summary>Why something cannot be had, for people: pages say it in their reader's language, the API in English.</summary>
/// <param name="words">The sentence in English, a key of the resource files, with places as in <see cref="string.Format(string, object)"/>.</param>
internal sealed class Refusal(string words, params object[] arguments)
{
    /// <summary>In the language of the page.</summary>
    public string In(IStringLocalizer<PortalText> language) =>
        arguments.Length == 0 ? language[words].Value : language[words, arguments].Value;

    /// <summary>In English.</summary>
    public override string ToString() =>
        arguments.Length == 0 ? words : string.Format(CultureInfo.InvariantCulture, words, arguments);
}
